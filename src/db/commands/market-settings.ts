import { z } from 'zod';
import { checkCondition } from '../../domain/condition';
import { checkMapping, type Feed } from '../../domain/feed';
import { segmentFactTypes } from '../../domain/goods-facts';
import {
  type Channel,
  type GoodsSegment,
  type LineStatus,
  type Market,
  type MarketEntity,
  type MarketField,
  type Money,
  type OrderStatus,
  type Region,
  type Touchpoint,
  withStoredDefault,
} from '../../domain/market';
import {
  checkChannel,
  checkFeed,
  checkGoodsSegment,
  checkLineStatus,
  checkMarketField,
  checkMoney,
  checkTouchpoint,
} from '../../domain/market-rules';
import type { Objection } from '../../domain/settings';
import { isReferenceViolation } from '../faults';
import { listDatabases, listPrograms } from '../queries/catalog';
import {
  channelTable,
  columnsOf,
  feedTable,
  lineStatusTable,
  listChannels,
  listFeeds,
  listGoodsSegments,
  listLineStatuses,
  listMarketFields,
  listMoney,
  listOrderStatuses,
  listRegions,
  listTouchpoints,
  marketFieldTable,
  moneyTable,
  orderStatusTable,
  regionTable,
  type SettingTable,
  segmentTable,
  touchpointTable,
} from '../queries/market-settings';
import { type Queryable, queryFirst, queryOne } from '../query';

/** One kind of market setting: how it is read and written. Its key is for good. */
export interface Kept<V extends object, R extends V = V> {
  /** What it is called, such as "Region". */
  readonly noun: string;
  list(db: Queryable): Promise<R[]>;
  /** Its key as people write it. */
  keyOf(values: V): string;
  /** The values as they are stored. */
  normal(values: V): V;
  create(db: Queryable, values: V): Promise<R | Objection>;
  /** Changes what is given; undefined if there is none of this key. */
  change(db: Queryable, key: string, change: Partial<V>): Promise<R | Objection | undefined>;
  /** undefined if there is none. Objections: something uses it. */
  remove(db: Queryable, key: string): Promise<R | Objection | undefined>;
}

/** What uses it, in words; undefined: nothing that a foreign key does not see. */
type FindUser<V> = (db: Queryable, values: V) => Promise<string | undefined>;
type Check<V> = (db: Queryable, values: V, before?: V) => Promise<Objection | null> | Objection | null;

export const channels = keep<Channel, typeof channelTable.row>(
  'Sales channel',
  channelTable,
  listChannels,
  async (db, values, before) => checkChannel(values, await listDatabases(db), before),
);

export const touchpoints = keep<Touchpoint, typeof touchpointTable.row>(
  'Touchpoint',
  touchpointTable,
  listTouchpoints,
  async (db, values, before) => checkTouchpoint(values, await listChannels(db), before),
);

export const money = keep<Money, typeof moneyTable.row>(
  'Currency of money',
  moneyTable,
  listMoney,
  (_, values, before) => checkMoney(values, before),
);

export const regions = keep<Region, typeof regionTable.row>('Region', regionTable, listRegions);

const keptOrderStatuses = keep<OrderStatus, typeof orderStatusTable.row>(
  'Order status',
  orderStatusTable,
  listOrderStatuses,
);

/** One that decides on the points of orders stays. */
export const orderStatuses: typeof keptOrderStatuses = {
  ...keptOrderStatuses,
  async remove(db, key) {
    const user = (await listPrograms(db)).find(({ order_points }) =>
      [...(order_points?.activated_by ?? []), ...(order_points?.canceled_by ?? [])].includes(key),
    );
    if (!user) return keptOrderStatuses.remove(db, key);
    const problem = `program ${user.id} ("${user.external_id}") names it in order_points`;
    return { objection: 'conflict', path: [], problem };
  },
};

export const lineStatuses = keep<LineStatus, typeof lineStatusTable.row>(
  'Line status',
  lineStatusTable,
  listLineStatuses,
  (_, values, before) => checkLineStatus(values, before),
);

export const marketFields = keep<MarketField, typeof marketFieldTable.row>(
  'Custom field',
  marketFieldTable,
  listMarketFields,
  (_, values, before) => checkMarketField(values, before),
  withStoredDefault,
  async (db, field) => {
    const without = (await listMarketFields(db)).filter(
      (it) => it.entity_type !== field.entity_type || it.external_id !== field.external_id,
    );
    const [before, after] = [await goodsFields(db), fieldsByEntity(without)];
    const segment = (await listGoodsSegments(db)).find(
      (it) => segmentFits(it as GoodsSegment, before) && !segmentFits(it as GoodsSegment, after),
    );
    if (segment) return `segment "${segment.external_id}"`;
    const feed = (await listFeeds(db)).find((it) => !checkMapping(it, before) && checkMapping(it, after));
    return feed && `feed "${feed.external_id}"`;
  },
);

function segmentFits({ condition }: GoodsSegment, customFields: Market['customFields']): boolean {
  return condition === null || checkCondition(condition, segmentFactTypes({ customFields })) === null;
}

export const goodsSegments = keep<GoodsSegment, typeof segmentTable.row>(
  'Segment of goods',
  segmentTable,
  listGoodsSegments,
  async (db, values, before) =>
    checkGoodsSegment(values, segmentFactTypes({ customFields: await goodsFields(db) }), before),
);

export const feeds = keep<Feed, typeof feedTable.row>('Feed', feedTable, listFeeds, async (db, values) =>
  checkFeed(values, await goodsFields(db)),
);

/** The custom fields of goods. */
async function goodsFields(db: Queryable): Promise<Market['customFields']> {
  return fieldsByEntity(await listMarketFields(db));
}

function fieldsByEntity(fields: readonly MarketField[]): Market['customFields'] {
  const of = (entity: MarketEntity) =>
    new Map(fields.filter((it) => it.entity_type === entity).map((it) => [it.external_id, it]));
  return { product: of('product'), sku: of('sku'), order: new Map(), line_order: new Map() };
}

function keep<V extends object, S extends z.ZodObject>(
  noun: string,
  table: SettingTable<S>,
  list: (db: Queryable) => Promise<z.output<S>[]>,
  check: Check<V> = () => null,
  normal: (values: V) => V = (values) => values,
  findUser: FindUser<V> = async () => undefined,
): Kept<V, z.output<S> & V> {
  type R = z.output<S> & V;
  const all = list as (db: Queryable) => Promise<R[]>;
  const { insert, update, remove } = writesOf(table);
  const keyOf = (values: object) =>
    table.keys.map((key) => new Map(Object.entries(values)).get(key)).join('/');
  const find = async (db: Queryable, key: string) => (await all(db)).find((row) => keyOf(row) === key);
  return {
    noun,
    list: all,
    keyOf,
    normal,
    async create(db, values) {
      if (await find(db, keyOf(values))) {
        const path = [table.keys.at(-1) ?? ''];
        return { objection: 'conflict', path, problem: `"${keyOf(values)}" is there already` };
      }
      return (await check(db, values)) ?? ((await insert(db, JSON.stringify(normal(values)))) as R);
    },
    async change(db, key, change) {
      const before = await find(db, key);
      if (!before) return undefined;
      const after = { ...before, ...change };
      return (await check(db, after, before)) ?? ((await update(db, JSON.stringify(normal(after)))) as R);
    },
    async remove(db, key) {
      const before = await find(db, key);
      if (!before) return undefined;
      const user = await findUser(db, before);
      if (user) return { objection: 'conflict', path: [], problem: `${noun} ${key} is in use by ${user}` };
      try {
        return (await remove(db, JSON.stringify(before))) as R;
      } catch (error) {
        if (!isReferenceViolation(error)) throw error;
        return { objection: 'conflict', path: [], problem: `${noun} ${key} is in use` };
      }
    },
  };
}

function writesOf<S extends z.ZodObject>(settings: SettingTable<S>) {
  const { table, keys, row } = settings;
  const all = columnsOf(settings);
  const settable = Object.keys(row.shape).filter((name) => !['created_at', 'updated_at'].includes(name));
  const changeable = settable.filter((name) => !keys.includes(name)).join(', ');
  const isIt = keys.map((key) => `t.${key} = $1::jsonb ->> '${key}'`).join(' and ');
  const parameters = [z.string()] as const;
  return {
    insert: queryOne({
      name: `market-${table}-insert`,
      parameters,
      row,
      text: `
        insert into market.${table} (${settable.join(', ')})
        select ${settable.join(', ')} from jsonb_populate_record(null::market.${table}, $1::jsonb)
        returning ${all}`,
    }),
    update: queryOne({
      name: `market-${table}-update`,
      parameters,
      row,
      text: `
        update market.${table} t set (${changeable}, updated_at) =
          (select ${changeable}, now() from jsonb_populate_record(t, $1::jsonb))
        where ${isIt}
        returning ${all}`,
    }),
    remove: queryFirst({
      name: `market-${table}-delete`,
      parameters,
      row,
      text: `delete from market.${table} t where ${isIt} returning ${all}`,
    }),
  };
}
