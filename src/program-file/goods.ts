import type { Pool } from 'pg';
import { loadSnapshot } from '../db/catalog-snapshot';
import { writeCategories } from '../db/commands/categories';
import { writeGoods } from '../db/commands/goods';
import { listCategories } from '../db/queries/goods';
import { inTransaction } from '../db/transaction';
import { isRefusal, refusalText } from '../domain/refusal';
import type { Source } from './read';
import type { Report } from './report';

const actions = {
  added: 'created',
  updated: 'changed',
  unchanged: 'unchanged',
  skipped: 'unchanged',
} as const;

/** Applies the categories and products of a file, whose settings were applied. Throws ProgramFileError. */
export async function applyGoods(pool: Pool, source: Source, report: Report): Promise<void> {
  const { categories, products } = source.file.market;
  if (categories.length > 0) await applyCategories(pool, source, report);
  if (products.length === 0) return;
  const { market } = await loadSnapshot(pool);
  const items = products.map(({ sku, ...product }) => ({ product, skus: sku }));
  for (const [index, outcome] of (await writeGoods(pool, market, items)).entries()) {
    if (isRefusal(outcome)) throw source.fault(['market', 'products', index], refusalText(outcome));
    report.add(actions[outcome.done], `product "${products[index]?.external_id}"`);
  }
}

async function applyCategories(pool: Pool, source: Source, report: Report): Promise<void> {
  const { categories } = source.file.market;
  await inTransaction(pool, '', async (db) => {
    const before = new Map((await listCategories(db)).map((row) => [row.external_id, row]));
    const problem = await writeCategories(db, categories);
    const path = ['market', 'categories', problem?.index ?? 0, 'parent_external_id'];
    if (problem) throw source.fault(path, problem.problem);
    for (const { external_id, name, parent_external_id } of categories) {
      const row = before.get(external_id);
      const isSame =
        row?.name === name && row.parent_external_id === (parent_external_id ?? row.parent_external_id);
      report.add(!row ? 'created' : isSame ? 'unchanged' : 'changed', `category "${external_id}"`);
    }
  });
}
