import type { Pool } from 'pg';
import { decimal } from '../domain/amount';
import type {
  Access,
  Currency,
  Database,
  Field,
  Program,
  Promotion,
  Rule,
  TierGroup,
} from '../domain/catalog';
import type { Condition } from '../domain/condition';
import type { GoodsSegment, Market, MarketEntity } from '../domain/market';
import type { PromotionGroup } from '../domain/promotion/arbitrate';
import {
  type Misfit,
  makePricing,
  type Pricing,
  type StoredPromotion,
  type Surroundings,
} from '../domain/promotion/pricing';
import { makeSegment, type Segment } from '../domain/segment';
import * as read from './queries/catalog';
import * as market from './queries/market-settings';
import { listPools } from './queries/promo-code-pools';
import type { Queryable } from './query';
import { inTransaction } from './transaction';

/** The whole catalogue at one moment, indexed the ways it is asked; nothing in it ever changes. */
export interface Snapshot {
  readonly databases: ReadonlyMap<number, Database>;
  readonly segments: ReadonlyMap<number, Segment>;
  readonly programs: ReadonlyMap<number, Program>;
  /** By program id, in order of iid. */
  readonly currencies: ReadonlyMap<number, readonly Currency[]>;
  /** By program id, in order of id. */
  readonly promotions: ReadonlyMap<number, readonly Promotion[]>;
  readonly tierGroups: ReadonlyMap<number, TierGroup>;
  /** By program id. */
  readonly pricings: ReadonlyMap<number, Pricing>;
  /** What promotions may mention, by program id. */
  readonly surroundings: ReadonlyMap<number, Surroundings>;
  /** Promotions that do not fit the settings around them any more. */
  readonly misfits: readonly Misfit[];
  /** By the SHA-256 of the token, in hex; revoked ones are not there. */
  readonly tokens: ReadonlyMap<string, Access>;
  readonly market: Market;
}

/** Reads the catalogue as it is at one moment. Throws DatabaseUnavailable. */
export function loadSnapshot(pool: Pool): Promise<Snapshot> {
  return inTransaction(pool, 'isolation level repeatable read read only', readSnapshot);
}

/** Reads the catalogue as a transaction sees it. */
export async function readSnapshot(db: Queryable): Promise<Snapshot> {
  const fields = groupBy(await read.listFields(db), (row) => row.database_id);
  const rules = groupBy(await read.listRules(db), (row) => row.promotion_id);
  const databases = (await read.listDatabases(db)).map((row) => toDatabase(row, fields.get(row.id) ?? []));
  const byId = new Map(databases.map((database) => [database.id, database]));
  const segments = (await read.listSegments(db)).map((row) => toSegment(row, byId.get(row.database_id)));
  const programs = (await read.listPrograms(db)).map(toProgram);
  const currencies = (await read.listCurrencies(db)).map(toCurrency);
  const promotionRows = await read.listPromotions(db);
  const promotions = promotionRows
    .filter(({ kind }) => kind === 'trigger')
    .map((row) => toPromotion(row, rules.get(row.id) ?? []));
  const tierGroups = (await read.listTierGroups(db)).map(toTierGroup);
  const market = await loadMarket(db);
  const pricings = await loadPricings(db, {
    ...{ programs, databases: byId, segments, currencies, tierGroups, market, promotions: promotionRows },
  });
  const tokens = await read.listLiveTokens(db);
  return Object.freeze({
    databases: byId,
    segments: new Map(segments.map((segment) => [segment.id, segment])),
    programs: new Map(programs.map((program) => [program.id, program])),
    currencies: groupBy(currencies, (currency) => currency.programId),
    promotions: groupBy(promotions, (promotion) => promotion.programId),
    tierGroups: new Map(tierGroups.map((group) => [group.id, group])),
    tokens: new Map(tokens.map((row) => [row.token_hash, toAccess(row)])),
    market,
    ...pricings,
  });
}

interface Loaded {
  readonly programs: readonly Program[];
  readonly databases: ReadonlyMap<number, Database>;
  readonly segments: readonly Segment[];
  readonly currencies: readonly Currency[];
  readonly tierGroups: readonly TierGroup[];
  readonly market: Market;
  readonly promotions: readonly read.PromotionRow[];
}

async function loadPricings(db: Queryable, { programs, market, ...loaded }: Loaded) {
  const groups = groupBy(await read.listPromotionGroups(db), (row) => row.program_id);
  const tiers = await read.listTiers(db);
  const pools = await listPools(db);
  const made = programs.map((program) => {
    const ofProgram = ({ programId }: { programId: number }) => programId === program.id;
    const tierGroups = new Set(loaded.tierGroups.filter(ofProgram).map(({ id }) => id));
    const surroundings: Surroundings = {
      ...{ program, market, database: loaded.databases.get(program.databaseId) },
      currencies: loaded.currencies.filter(ofProgram),
      groups: (groups.get(program.id) ?? []).map(toPromotionGroup),
      segments: loaded.segments.filter(({ databaseId }) => databaseId === program.databaseId),
      tiers: tiers.filter(({ group_id }) => tierGroups.has(group_id)).map(({ eid }) => eid),
      goodsSegments: [...market.segments.keys()],
      pools: new Map(
        pools
          .filter(({ database_id }) => database_id === program.databaseId)
          .map(({ id, external_id }) => [external_id, id]),
      ),
    };
    const rows = loaded.promotions.filter(({ program_id }) => program_id === program.id);
    return { id: program.id, surroundings, ...makePricing(surroundings, rows.flatMap(toOrderPromotion)) };
  });
  return {
    pricings: new Map(made.map(({ id, pricing }) => [id, pricing])),
    surroundings: new Map(made.map(({ id, surroundings }) => [id, surroundings])),
    misfits: made.flatMap(({ misfits }) => misfits),
  };
}

function toPromotionGroup({ parent_id, external_id, ...row }: read.PromotionGroupRow): PromotionGroup {
  const { id, mode, priority } = row;
  return Object.freeze({ id, externalId: external_id, parentId: parent_id, mode, priority });
}

function toOrderPromotion(row: read.PromotionRow): StoredPromotion[] {
  const { id, name, kind, priority, limits, conditions, effects } = row;
  if (kind === 'trigger') return [];
  return [
    {
      ...{ id, name, kind, priority, limits, conditions, effects },
      externalId: row.external_id,
      isActive: row.is_active,
      startDate: row.start_date,
      endDate: row.end_date,
      isCombinable: row.combinable,
      groupId: row.group_id,
    },
  ];
}

async function loadMarket(db: Queryable): Promise<Market> {
  const fields = await market.listMarketFields(db);
  const fieldsOf = (entity: MarketEntity) =>
    byExternalId(fields.filter(({ entity_type }) => entity_type === entity));
  return Object.freeze({
    channels: byExternalId(await market.listChannels(db)),
    touchpoints: byExternalId(await market.listTouchpoints(db)),
    currencies: new Map((await market.listMoney(db)).map((row) => [row.code, row])),
    regions: byExternalId(await market.listRegions(db)),
    orderStatuses: byExternalId(await market.listOrderStatuses(db)),
    lineStatuses: byExternalId(await market.listLineStatuses(db)),
    segments: byExternalId((await market.listGoodsSegments(db)) as GoodsSegment[]),
    customFields: Object.freeze({
      product: fieldsOf('product'),
      sku: fieldsOf('sku'),
      order: fieldsOf('order'),
      line_order: fieldsOf('line_order'),
    }),
  });
}

function byExternalId<R extends { external_id: string }>(rows: readonly R[]): ReadonlyMap<string, R> {
  return new Map(rows.map((row) => [row.external_id, Object.freeze(row)]));
}

function toDatabase(row: read.DatabaseRow, fields: read.FieldRow[]): Database {
  return Object.freeze({
    id: row.id,
    name: row.name,
    emailIsUnique: row.email_is_unique,
    fields: new Map(fields.map((field) => [field.name, toField(field)])),
  });
}

function toField(row: read.FieldRow): Field {
  return Object.freeze({
    name: row.name,
    title: row.title,
    type: row.type,
    isRequired: row.is_required,
    isUnique: row.is_unique,
    enumValues: row.enum_values && Object.freeze(row.enum_values),
  });
}

function toSegment(row: read.SegmentRow, database: Database | undefined): Segment {
  const { id, external_id: externalId, database_id: databaseId, timezone } = row;
  const condition = row.condition as unknown as Condition;
  const definition = { id, externalId, databaseId, timezone, condition, updatedAt: row.updated_at };
  return Object.freeze(makeSegment(definition, database?.fields.values() ?? []));
}

function toProgram(row: read.ProgramRow): Program {
  return Object.freeze({
    id: row.id,
    externalId: row.external_id,
    name: row.name,
    databaseId: row.database_id,
    isActive: row.is_active,
    timezone: row.timezone,
    tempDefaultTimeoutSec: row.temp_default_timeout_sec,
    tempMaxTimeoutSec: row.temp_max_timeout_sec,
    ruleMode: row.rule_mode,
    arbitration: Object.freeze({
      discounts: row.arbitration_discounts,
      points: row.arbitration_points,
      discountWithPoints: row.discount_with_points,
    }),
    participation: row.participation,
    segmentId: row.segment_id,
    orderPoints: row.order_points && Object.freeze(row.order_points),
    updatedAt: row.updated_at,
  });
}

function toCurrency(row: read.CurrencyRow): Currency {
  return Object.freeze({
    iid: row.iid,
    eid: row.eid,
    programId: row.program_id,
    name: row.name,
    type: row.type,
    isActive: row.is_active,
    scale: row.scale,
    rounding: row.rounding,
    ratio: read.ratioOf(row),
  });
}

function toPromotion(row: read.PromotionRow, rules: read.RuleRow[]): Promotion {
  return Object.freeze({
    id: row.id,
    externalId: row.external_id,
    programId: row.program_id,
    name: row.name,
    description: row.description,
    isActive: row.is_active,
    startDate: row.start_date,
    endDate: row.end_date,
    rules: Object.freeze(rules.map(toRule)),
  });
}

function toRule(row: read.RuleRow): Rule {
  const orOpen = (text: string | null) => (text === null ? null : decimal(text));
  return Object.freeze({
    direction: row.direction,
    currencyIid: row.currency_iid,
    staticAmount: orOpen(row.static_amount),
    minAmount: orOpen(row.min_amount),
    maxAmount: orOpen(row.max_amount),
  });
}

function toTierGroup(row: read.TierGroupRow): TierGroup {
  return Object.freeze({
    id: row.id,
    externalId: row.external_id,
    programId: row.program_id,
    type: row.type,
  });
}

function toAccess(row: Omit<read.TokenRow, 'created_at' | 'revoked_at'>): Access {
  return Object.freeze({
    tokenId: row.id,
    tokenName: row.name,
    scopes: new Set(row.scopes),
    programIds: row.program_ids && new Set(row.program_ids),
  });
}

// Map.groupBy needs a newer Node than we ask for.
function groupBy<T>(items: readonly T[], keyOf: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
