import { changePool, createPool, poolValues } from '../db/commands/promo-code-pools';
import { listPools } from '../db/queries/promo-code-pools';
import type { Settler } from './market';
import type { Path } from './read';
import type { ProgramFile } from './schema';

/** Applies the pools of promo codes of a database. */
export async function applyPools(
  settler: Settler,
  database_id: number,
  entries: ProgramFile['databases'][number]['promo_code_pools'],
  path: Path,
): Promise<void> {
  const { db } = settler;
  for (const [index, { id, ...values }] of entries.entries()) {
    const { remote_url: url } = values;
    const remote_url = url && settler.secret(url, [...path, index, 'remote_url']);
    const wanted = { ...values, remote_url, database_id };
    const pools = await listPools(db);
    const row = pools.find((it) => (id ? it.id === id : it.external_id === wanted.external_id));
    await settler.settle({
      path: [...path, index],
      what: (it) => `promo code pool ${it.id} "${it.external_id}"`,
      wanted,
      before: row && { row, values: poolValues(row) },
      create: () => createPool(db, { id, ...wanted }),
      change: (it) => changePool(db, it.id, wanted),
    });
  }
}
