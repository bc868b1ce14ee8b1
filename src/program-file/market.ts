import {
  channels,
  feeds,
  goodsSegments,
  type Kept,
  lineStatuses,
  marketFields,
  money,
  orderStatuses,
  regions,
  touchpoints,
} from '../db/commands/market-settings';
import type { Queryable } from '../db/query';
import type { Path } from './read';
import type { ProgramFile } from './schema';
import type { Step } from './settings';

/** What brings about one thing of the file after the other. */
export interface Settler {
  db: Queryable;
  settle<V extends object, R extends object>(step: Step<V, R>): Promise<R>;
  /** The value of ${NAME} or ${NAME:-otherwise}; any other text is itself. */
  secret(written: string, path: Path): string;
}

/** Applies the sales channels of a database, each with its touchpoints. */
export async function applyChannels(
  settler: Settler,
  database_id: number,
  entries: ProgramFile['databases'][number]['channels'],
  path: Path,
): Promise<void> {
  for (const [index, { touchpoints: own, ...wanted }] of entries.entries()) {
    const here = [...path, index];
    await apply(settler, channels, { ...wanted, database_id }, here);
    const channel = wanted.external_id;
    await applyAll(
      settler,
      touchpoints,
      own.map((touchpoint) => ({ ...touchpoint, channel })),
      [...here, 'touchpoints'],
    );
  }
}

/** Applies what all sales channels have in common. */
export async function applyMarket(
  settler: Settler,
  market: ProgramFile['market'],
  path: Path,
): Promise<void> {
  await applyAll(settler, money, market.currencies, [...path, 'currencies']);
  await applyAll(settler, regions, market.regions, [...path, 'regions']);
  await applyAll(settler, orderStatuses, market.order_statuses, [...path, 'order_statuses']);
  await applyAll(settler, lineStatuses, market.line_statuses, [...path, 'line_statuses']);
  await applyAll(settler, marketFields, market.custom_fields, [...path, 'custom_fields']);
  const wanted = market.feeds.map((feed, index) => ({
    ...feed,
    url: settler.secret(feed.url, [...path, 'feeds', index, 'url']),
  }));
  await applyAll(settler, feeds, wanted, [...path, 'feeds']);
  await applyAll(settler, goodsSegments, market.segments, [...path, 'segments']);
}

async function applyAll<V extends object, R extends V>(
  settler: Settler,
  kind: Kept<V, R>,
  wanted: readonly V[],
  path: Path,
): Promise<void> {
  for (const [index, values] of wanted.entries()) await apply(settler, kind, values, [...path, index]);
}

async function apply<V extends object, R extends V>(
  settler: Settler,
  kind: Kept<V, R>,
  values: V,
  path: Path,
): Promise<void> {
  const { db } = settler;
  const wanted = kind.normal(values);
  const key = kind.keyOf(wanted);
  const row = (await kind.list(db)).find((it) => kind.keyOf(it) === key);
  await settler.settle<V, R>({
    path,
    what: () => `${kind.noun.toLowerCase()} "${key}"`,
    wanted,
    before: row && { row, values: row },
    create: () => kind.create(db, wanted),
    change: () => kind.change(db, key, wanted),
  });
}
