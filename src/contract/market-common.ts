import { marketEntities, marketTypes } from '../domain/market';
import {
  choice,
  flag,
  integer,
  list,
  nullable,
  numbersByName,
  object,
  optional,
  plainOrNumbers,
  text,
} from './fields';

/** What the calls of the market have in common (spec/neighbours.md 1.3, 1.4, 3.4). */

/** Custom fields that an import brings along; an enum may have its values in default_value, as in samples. */
export const importedFields = () =>
  optional(
    list(
      object({
        external_id: text(255).describe('External id.'),
        name: text(255).describe('Name for people.'),
        entity_type: choice(marketEntities).describe('What has the field.'),
        required: optional(flag()).describe('Whether everything new must have it.'),
        value_type: choice(marketTypes).describe('What values it takes.'),
        default_value: optional(plainOrNumbers()).describe('The value of what is new and has none.'),
        enum_values: optional(numbersByName()).describe(
          'Of an enum: its values by name, each with a number.',
        ),
      }),
      { max: 1_000 },
    ),
  ).describe(
    'Custom fields to make first. Ours: one that is there is left alone, and cannot have another type.',
  );

/** What became of each item, in order. */
export const itemResults = <F extends object>(further: F) =>
  list(
    object({
      external_id: text(255, { min: 0 }).describe('Of the item; empty if it had none.'),
      error: integer(),
      error_text: text(10_000, { min: 0 }),
      ...further,
    }),
  ).describe('Ours: what became of each item, in the same order.');

export const pageRequest = {
  from_id: optional(text(255, { min: 0 })).describe(
    'next_from_id of the page before. Empty or absent: the first page.',
  ),
  limit: optional(integer({ min: 1, max: 1_000 })).describe('Rows of a page, 1 to 1000. Absent: 100.'),
};

export const nextFromId = () =>
  nullable(text(255)).describe('from_id of the next page; null on the last one.');

/** The rows that a call may name: by our ids, by external ids, or by both. */
export const rowKeys = {
  ids: optional(list(integer({ min: 1 }), { max: 10_000 })).describe('Our ids.'),
  external_ids: optional(list(text(255), { max: 10_000 })).describe('External ids.'),
};
