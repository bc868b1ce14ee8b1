import { isDeepStrictEqual } from 'node:util';
import { changeCurrency, createCurrency, currencyValues } from '../db/commands/currencies';
import { changeDatabase, changeField, createDatabase, createField } from '../db/commands/databases';
import { changeProgram, createProgram, programValues } from '../db/commands/programs';
import { changeScenario, createScenario, readScenarios } from '../db/commands/scenarios';
import { changeSegment, createSegment, readSegments } from '../db/commands/segments';
import { changeTierGroup, createTierGroup, readTierGroups } from '../db/commands/tier-groups';
import { changeToken, createToken, findToken, hashToken } from '../db/commands/tokens';
import {
  listCurrencies,
  listDatabases,
  listFields,
  listLiveTokens,
  listPrograms,
} from '../db/queries/catalog';
import type { Queryable } from '../db/query';
import { toTrimmed } from '../domain/amount';
import { isObjection, type Objection, type TierValues } from '../domain/settings';
import type { Environment } from './apply';
import { applyChannels, applyMarket } from './market';
import { applyPools } from './promo-codes';
import { applyPromotions } from './promotions';
import type { Path, Source } from './read';
import type { Report } from './report';
import type { ProgramFile } from './schema';

type DatabaseEntry = ProgramFile['databases'][number];
type ProgramEntry = DatabaseEntry['programs'][number];
type TokenEntry = ProgramFile['tokens'][number];

/** What is done to one thing of the file. */
export interface Step<V extends object, R extends object> {
  path: Path;
  /** Names it, for the report. */
  what(row: R): string;
  wanted: V;
  /** The row there is, and its values in the form of those wanted. */
  before: { row: R; values: object } | undefined;
  create(): Promise<R | Objection | undefined>;
  change(row: R): Promise<R | Objection | undefined>;
}

/**
 * Applies all settings of a file in a transaction of changeCatalog; answers the ids of its databases, in
 * order.
 */
export async function applySettings(
  db: Queryable,
  source: Source,
  env: Environment,
  report: Report,
): Promise<number[]> {
  const apply = new Application(db, source, env, report);
  const ids: number[] = [];
  await applyMarket(apply, source.file.market, ['market']);
  for (const [index, database] of source.file.databases.entries()) {
    ids.push(await apply.database(database, ['databases', index]));
  }
  for (const [index, token] of source.file.tokens.entries()) await apply.token(token, ['tokens', index]);
  return ids;
}

class Application {
  constructor(
    readonly db: Queryable,
    readonly source: Source,
    readonly env: Environment,
    readonly report: Report,
  ) {}

  async database(entry: DatabaseEntry, path: Path): Promise<number> {
    const { id, fields, segments, programs, channels, promo_code_pools, profiles: _, ...wanted } = entry;
    const rows = (await listDatabases(this.db)).filter((row) =>
      id ? row.id === id : row.name === wanted.name,
    );
    if (rows.length > 1) {
      throw this.source.fault([...path, 'name'], `${rows.length} databases are called so: say which by id`);
    }
    const database = await this.settle({
      path,
      what: (row) => `database ${row.id} "${row.name}"`,
      wanted,
      before: rows[0] && { row: rows[0], values: rows[0] },
      create: () => createDatabase(this.db, { id, ...wanted }),
      change: (row) => changeDatabase(this.db, row.id, wanted),
    });
    for (const [index, field] of fields.entries()) {
      await this.field(database.id, field, [...path, 'fields', index]);
    }
    for (const [index, segment] of segments.entries()) {
      await this.segment(database.id, segment, [...path, 'segments', index]);
    }
    await applyPools(this, database.id, promo_code_pools, [...path, 'promo_code_pools']);
    for (const [index, program] of programs.entries()) {
      await this.program(database.id, program, [...path, 'programs', index]);
    }
    await applyChannels(this, database.id, channels, [...path, 'channels']);
    return database.id;
  }

  async field(databaseId: number, wanted: DatabaseEntry['fields'][number], path: Path): Promise<void> {
    const rows = await listFields(this.db);
    const row = rows.find((it) => it.database_id === databaseId && it.name === wanted.name);
    const { name, ...change } = wanted;
    await this.settle({
      path,
      what: () => `field "${name}" of database ${databaseId}`,
      wanted,
      before: row && { row, values: row },
      create: () => createField(this.db, databaseId, wanted),
      change: () => changeField(this.db, databaseId, name, change),
    });
  }

  async segment(databaseId: number, entry: DatabaseEntry['segments'][number], path: Path): Promise<void> {
    const { id, ...wanted } = entry;
    const row = (await readSegments(this.db)).find((it) =>
      id ? it.id === id : it.database_id === databaseId && it.external_id === wanted.external_id,
    );
    if (row && row.database_id !== databaseId) {
      throw this.source.fault([...path, 'id'], `belongs to database ${row.database_id} already`);
    }
    await this.settle({
      path,
      what: (it) => `segment ${it.id} "${it.external_id}" of database ${databaseId}`,
      wanted,
      before: row && { row, values: row },
      create: () => createSegment(this.db, databaseId, { id, ...wanted }),
      change: (it) => changeSegment(this.db, it.id, wanted),
    });
  }

  async program(databaseId: number, entry: ProgramEntry, path: Path): Promise<void> {
    const { id, currencies, tier_groups: tierGroups, scenarios, ...others } = entry;
    const { promotion_groups, promotions, partners, partner_products, segment: _, ...values } = others;
    const segment_id = await this.segmentId(databaseId, entry, path);
    const wanted = { ...values, segment_id, database_id: databaseId };
    const rows = await listPrograms(this.db);
    const row = rows.find((it) => (id ? it.id === id : it.external_id === wanted.external_id));
    const program = await this.settle({
      path,
      what: (it) => `program ${it.id} "${it.external_id}"`,
      wanted,
      before: row && { row, values: programValues(row) },
      create: () => createProgram(this.db, { id, ...wanted }),
      change: (it) => changeProgram(this.db, it.id, wanted),
    });
    for (const [index, currency] of currencies.entries()) {
      await this.currency(program.id, currency, [...path, 'currencies', index]);
    }
    for (const [index, group] of tierGroups.entries()) {
      await this.tierGroup(program.id, group, [...path, 'tier_groups', index]);
    }
    await applyPromotions(
      this,
      program.id,
      { promotion_groups, promotions, partners, partner_products },
      path,
    );
    for (const [index, scenario] of scenarios.entries()) {
      await this.scenario(program.id, scenario, [...path, 'scenarios', index]);
    }
  }

  async currency(programId: number, entry: ProgramEntry['currencies'][number], path: Path): Promise<void> {
    const { iid, ...wanted } = entry;
    const rows = await listCurrencies(this.db);
    const row = rows.find((it) =>
      iid ? it.iid === iid : it.program_id === programId && it.eid === wanted.eid,
    );
    this.refuseForeign(row, programId, [...path, 'iid']);
    await this.settle({
      path,
      what: (it) => `currency ${it.iid} "${it.eid}" of program ${programId}`,
      wanted: { ...wanted, initial_balance: toTrimmed(wanted.initial_balance) },
      before: row && { row, values: withTrimmedBalance(currencyValues(row)) },
      create: () => createCurrency(this.db, programId, { iid, ...wanted }),
      change: (it) => changeCurrency(this.db, it.iid, wanted),
    });
  }

  async tierGroup(programId: number, entry: ProgramEntry['tier_groups'][number], path: Path): Promise<void> {
    const { id, ...wanted } = entry;
    const row = (await readTierGroups(this.db)).find((it) =>
      id ? it.id === id : it.program_id === programId && it.external_id === wanted.external_id,
    );
    this.refuseForeign(row, programId, [...path, 'id']);
    await this.settle({
      path,
      what: (it) => `tier group ${it.id} "${it.external_id}" of program ${programId}`,
      wanted: { ...wanted, tiers: wanted.tiers.map(comparableTier) },
      before: row && { row, values: { ...row, tiers: row.tiers.map(comparableTier) } },
      create: () => createTierGroup(this.db, programId, { id, ...wanted }),
      change: (it) => changeTierGroup(this.db, it.id, wanted),
    });
  }

  async scenario(programId: number, entry: ProgramEntry['scenarios'][number], path: Path): Promise<void> {
    const { id, ...wanted } = entry;
    const row = (await readScenarios(this.db)).find((it) =>
      id ? it.id === id : it.program_id === programId && it.external_id === wanted.external_id,
    );
    this.refuseForeign(row, programId, [...path, 'id']);
    await this.settle({
      path,
      what: (it) => `scenario ${it.id} "${it.external_id}" of program ${programId}`,
      wanted,
      before: row && { row, values: row },
      create: () => createScenario(this.db, programId, { id, ...wanted }),
      change: (it) => changeScenario(this.db, it.id, wanted),
    });
  }

  async token(entry: TokenEntry, path: Path): Promise<void> {
    const { token, programs, ...values } = entry;
    const secret = this.secret(token, [...path, 'token']);
    const wanted = { ...values, program_ids: programs && (await this.programIds(programs, path)) };
    const sameSecret = await findToken(this.db, hashToken(secret));
    if (sameSecret && sameSecret.name !== wanted.name) {
      throw this.source.fault(
        [...path, 'token'],
        `token ${sameSecret.id} "${sameSecret.name}" has this secret`,
      );
    }
    if (sameSecret?.revoked_at) {
      this.report.add('unchanged', `token ${sameSecret.id} "${sameSecret.name}", revoked for good`);
      return;
    }
    const row = (await listLiveTokens(this.db)).find(({ name }) => name === wanted.name);
    await this.settle<object, { id: number; name: string }>({
      path,
      what: ({ id, name }) => `token ${id} "${name}"`,
      wanted: { ...wanted, token: hashToken(secret) },
      before: row && { row, values: { ...row, token: row.token_hash } },
      create: () => createToken(this.db, wanted, secret),
      change: ({ id }) => changeToken(this.db, id, wanted, secret),
    });
  }

  async settle<V extends object, R extends object>(step: Step<V, R>): Promise<R> {
    const { before, wanted, path } = step;
    const changed = before ? differences(before.values, wanted) : [];
    if (before && changed.length === 0) {
      this.report.add('unchanged', step.what(before.row));
      return before.row;
    }
    const row = await (before ? step.change(before.row) : step.create());
    if (isObjection(row)) throw this.source.fault([...path, ...row.path], row.problem);
    if (!row) throw new Error('A setting vanished while all of them were locked');
    this.report.add(before ? 'changed' : 'created', step.what(row), changed);
    return row;
  }

  refuseForeign(row: { program_id: number } | undefined, programId: number, path: Path): void {
    if (!row || row.program_id === programId) return;
    throw this.source.fault(path, `belongs to program ${row.program_id} already`);
  }

  async segmentId(databaseId: number, entry: ProgramEntry, path: Path): Promise<number | null> {
    const at = [...path, 'segment'];
    if (entry.segment === null) {
      if (entry.participation !== 'segment') return null;
      throw this.source.fault(at, 'is required when participation is "segment"');
    }
    const segments = await readSegments(this.db, databaseId);
    const segment = segments.find(({ external_id }) => external_id === entry.segment);
    if (segment) return segment.id;
    throw this.source.fault(at, `the database has no segment "${entry.segment}"`);
  }

  async programIds(externalIds: readonly string[], path: Path): Promise<number[]> {
    const programs = await listPrograms(this.db);
    return externalIds.map((externalId, index) => {
      const program = programs.find(({ external_id }) => external_id === externalId);
      if (program) return program.id;
      throw this.source.fault([...path, 'programs', index], `there is no program "${externalId}"`);
    });
  }

  /** The value of ${NAME} or ${NAME:-otherwise}; any other text is itself. */
  secret(written: string, path: Path): string {
    const reference = /^\$\{(\w+)(?::-(.+))?\}$/.exec(written);
    if (!reference?.[1]) return written;
    const value = this.env[reference[1]] || reference[2];
    if (value) return value;
    throw this.source.fault(path, `the environment variable ${reference[1]} is not set`);
  }
}

/** The keys of what is wanted whose values are others now. */
function differences(now: object, wanted: object): string[] {
  const values = new Map(Object.entries(now));
  return Object.entries(wanted)
    .filter(([key, value]) => !isDeepStrictEqual(values.get(key), value))
    .map(([key]) => key);
}

function withTrimmedBalance<V extends { initial_balance: string }>(values: V): V {
  return { ...values, initial_balance: toTrimmed(values.initial_balance) };
}

function comparableTier({ eid, name, threshold, reward }: TierValues): TierValues {
  return { eid, name, threshold, reward };
}
