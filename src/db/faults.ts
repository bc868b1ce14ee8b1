import pg from 'pg';
import { Unavailable } from '../domain/unavailable';

/** Thrown when Postgres cannot be asked right now: the same call may succeed a moment later. */
export class DatabaseUnavailable extends Unavailable {
  override readonly name = 'DatabaseUnavailable';

  constructor(cause: unknown) {
    super('The database cannot be reached', { cause });
  }
}

// 08 connection, 40001/40P01 lost a race, 53 out of resources, 55P03 lock timeout, 57014/57P stopped by
// someone.
const transientStates = /^(08|53|57P|40001$|40P01$|55P03$|57014$)/;
const transientSystemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Whether trying again later can help: true for lost connections, timeouts, shutdowns, deadlocks. */
export function isTransient(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  if (error instanceof pg.DatabaseError) return transientStates.test(error.code ?? '');
  return transientSystemCodes.has(codeOf(error));
}

/**
 * Turns what the driver threw into what the rest of the program knows: DatabaseUnavailable if trying again
 * can help, else the error itself. The driver's own errors about lost or slow connections are plain and carry
 * no code, so a plain Error counts as one; a subclass (TypeError, …) is a bug and stays what it is.
 */
export function asFault(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable) return error;
  const isPlain = error instanceof Error && error.constructor === Error && codeOf(error) === '';
  return isTransient(error) || isPlain ? new DatabaseUnavailable(error) : error;
}

/** The constraint a write ran into, if it was a unique one (SQLSTATE 23505). */
export function violatedUniqueConstraint(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError && error.code === '23505' ? error.constraint : undefined;
}

/** Whether a write failed because other rows refer to the row (SQLSTATE 23503). */
export function isReferenceViolation(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '23503';
}

function codeOf(error: unknown): string {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error;
  return isCoded && typeof error.code === 'string' ? error.code : '';
}
