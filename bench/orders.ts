import { createCaller, type Measured, measure } from './load';
import { addPromotions, ask, confirm, orderOf, seed, token } from './shop';
import { type Stack, startStack } from './stack';

const timing = { warmupMs: 3_000, measureMs: 10_000 };
const tell = (line: string) => process.stderr.write(`${line}\n`);

/** Lines of an order and active promotions of its program, as many as are looked at. */
const sizes = [
  { lines: 5, promotions: 10 },
  { lines: 50, promotions: 100 },
];

/**
 * How long pricing an order takes through HTTP, at one client, and how many orders of three lines are
 * confirmed per second; `npm run bench:orders`.
 */
async function main(): Promise<void> {
  const stack = await startStack(tell);
  const rows: (Measured & { what: string })[] = [];
  try {
    await seed(stack.pool);
    const caller = createCaller(stack.url, token);
    for (const { lines, promotions } of sizes) {
      await switchOn(stack, promotions);
      const what = `preorder, ${lines} lines, ${promotions} promotions`;
      tell(`${what} …`);
      const operation = () => caller.post('/market/orders/preorder', orderOf(lines));
      rows.push({ what, ...(await measure({ clients: 1, ...timing, operation })) });
    }
    await switchOn(stack, 10);
    for (const clients of [1, 16, 64]) {
      tell(`preorder_commit at ${clients} clients …`);
      const operation = () => confirm(stack.url);
      rows.push({ what: 'preorder_commit, 3 lines', ...(await measure({ clients, ...timing, operation })) });
    }
    caller.close();
  } finally {
    await stack.close();
  }
  tell('The ledger is sound.');
  process.stdout.write(table(rows));
}

/** So many promotions, and no others. Done when the API knows them. */
async function switchOn({ pool, url }: Stack, count: number): Promise<void> {
  await pool.query('delete from catalog.promotions');
  await addPromotions(pool, count);
  for (;;) {
    const { data } = await ask(url, 'preorder', orderOf(1));
    const { promotions: fired, rejected_promotions: rejected } = data as Record<string, unknown[]>;
    if ((fired?.length ?? 0) + (rejected?.length ?? 0) === count) return;
  }
}

function table(rows: readonly (Measured & { what: string })[]): string {
  const head = ['', 'clients', 'per second', 'p50 ms', 'p95 ms', 'p99 ms'];
  const body = rows.map(({ what, clients, perSecond, p50Ms, p95Ms, p99Ms }) =>
    [what, clients, perSecond, p50Ms, p95Ms, p99Ms].map(String),
  );
  const lines = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
