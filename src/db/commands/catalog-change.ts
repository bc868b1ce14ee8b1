import type { Pool } from 'pg';
import { z } from 'zod';
import { isObjection } from '../../domain/settings';
import { type Queryable, query } from '../query';
import { inTransaction } from '../transaction';

const lockCatalog = query({
  name: 'catalog-lock',
  parameters: [],
  row: z.object({ lock: z.unknown() }),
  text: `select pg_advisory_xact_lock(hashtextextended('catalog', 0)) as lock`,
});

/**
 * Runs a change of the settings in one transaction. There is one at a time, so that rules which concern
 * several rows hold. An objection that work answers, or throws, undoes it. Throws what work throws, or
 * DatabaseUnavailable.
 */
export async function changeCatalog<T>(pool: Pool, work: (db: Queryable) => Promise<T>): Promise<T> {
  try {
    return await inTransaction(pool, '', async (db) => {
      await lockCatalog(db);
      const result = await work(db);
      if (isObjection(result)) throw new Undo(result);
      return result;
    });
  } catch (error) {
    if (error instanceof Undo) return error.result as T;
    throw error;
  }
}

/** Carries an objection out of the transaction that it undoes. */
class Undo extends Error {
  override readonly name = 'Undo';

  constructor(readonly result: unknown) {
    super('undone');
  }
}
