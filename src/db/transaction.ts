import type { Pool, PoolClient } from 'pg';
import { asFault } from './faults';

type Mode = '' | 'isolation level repeatable read read only';

/**
 * Runs work on one connection inside one transaction: committed when it returns, rolled back when it throws.
 * `mode` is what follows `begin`. Throws what work throws, or DatabaseUnavailable.
 */
export async function inTransaction<T>(
  pool: Pool,
  mode: Mode,
  work: (db: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await orFault(pool.connect());
  // Without a listener the loss of a connection between two statements would end the process.
  const ignoreLoss = () => undefined;
  client.on('error', ignoreLoss);
  let isBroken = false;
  try {
    await orFault(client.query(`begin ${mode}`));
    const result = await work(client);
    await orFault(client.query('commit'));
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      isBroken = true;
    });
    throw error;
  } finally {
    client.off('error', ignoreLoss);
    client.release(isBroken);
  }
}

async function orFault<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asFault(error);
  }
}
