import type { Readable } from 'node:stream';
import type { PoolClient } from 'pg';
import { to } from 'pg-copy-streams';

/**
 * The rows of a select, as CSV in UTF-8, streamed as fast as they are read; records end with a bare line
 * feed. A connection whose stream was not read to its end cannot be used any more.
 */
export function copyOut(client: PoolClient, select: string, { header }: { header: boolean }): Readable {
  return client.query(to(`copy (${select}) to stdout with (format csv, header ${header})`));
}
