import { marketFields } from '../../db/commands/market-settings';
import type { MarketEntity, MarketType, MarketValue } from '../../domain/market';
import { isRefusal, type Refusal, refusals, refusalText, refuse } from '../../domain/refusal';
import type { Objection } from '../../domain/settings';
import { change } from './admin/change';
import type { Dependencies } from './target';

/** What the calls of the market have in common. */

interface ImportedField {
  entity_type: MarketEntity;
  external_id: string;
  name: string;
  value_type: MarketType;
  required?: boolean | undefined;
  default_value?: MarketValue | Record<string, number> | undefined;
  enum_values?: Record<string, number> | undefined;
}

/** Makes the custom fields that an import brings along and that are not there yet. Refusals: bad_request. */
export async function makeCustomFields(
  dependencies: Dependencies,
  fields: readonly ImportedField[] = [],
): Promise<Refusal<'bad_request'> | null> {
  const known = dependencies.catalog.market().customFields;
  const isKnown = ({ entity_type, external_id, value_type }: ImportedField) =>
    known[entity_type].get(external_id)?.value_type === value_type;
  if (fields.every(isKnown)) return null;
  const result = await change(dependencies, async (db): Promise<Objection | true> => {
    for (const [index, field] of fields.entries()) {
      const values = fieldOf(field);
      const before = (await marketFields.list(db)).find(
        (it) => marketFields.keyOf(it) === marketFields.keyOf(values),
      );
      const path = ['custom_fields', index];
      if (before && before.value_type !== values.value_type) {
        const problem = `expected "${before.value_type}", which the field is, got "${values.value_type}"`;
        return { objection: 'bad_request', path: [...path, 'value_type'], problem };
      }
      const made = before ?? (await marketFields.create(db, values));
      if ('objection' in made) return { ...made, path: [...path, ...made.path] };
    }
    return true;
  });
  return isRefusal(result) ? refuse('bad_request', { problem: refusalText(result) }) : null;
}

function fieldOf({ required, default_value, enum_values, ...field }: ImportedField) {
  const map = typeof default_value === 'object' ? default_value : undefined;
  return {
    ...field,
    required: required ?? false,
    default_value: typeof default_value === 'object' ? null : (default_value ?? null),
    enum_values: enum_values ?? map ?? null,
  };
}

/** What an import answers for one item. */
export function resultOf(externalId: string, outcome: Refusal | object) {
  if (!isRefusal(outcome)) return { external_id: externalId, error: 0, error_text: '' };
  const { error } = refusals[outcome.refusal];
  return { external_id: externalId, error, error_text: refusalText(outcome) };
}

/** Where a page begins: opaque to callers. */
export function readPosition(fromId: string | undefined): number | Refusal<'bad_request'> {
  if (!fromId) return 0;
  const position = /^[0-9a-f]{16}$/.test(fromId) ? Number.parseInt(fromId, 16) : Number.NaN;
  if (position <= 2_147_483_647) return position;
  const got = JSON.stringify(fromId.slice(0, 60));
  return refuse('bad_request', { problem: `from_id: expected next_from_id of the page before, got ${got}` });
}

/** One page out of rows of which one more was asked for than the page may have. */
export function pageOfIds<R extends { id: number }>(
  rows: readonly R[],
  limit: number,
): { page: R[]; next_from_id: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, next_from_id: last && rows.length > limit ? writePosition(last.id) : null };
}

function writePosition(id: number): string {
  return id.toString(16).padStart(16, '0');
}

export const defaultLimit = 100;

/** The external id that an item says it has, whatever else is wrong with it. */
export function externalIdIn(item: unknown): string {
  const isObject = typeof item === 'object' && item !== null && 'external_id' in item;
  return isObject && typeof item.external_id === 'string' ? item.external_id.slice(0, 255) : '';
}
