import { z } from 'zod';
import { type Step, type Trigger, triggerKinds, waitUnits } from '../domain/scenario';
import { amount, choice, condition, type Field, integer, jsonObject, leaves, optional, text } from './fields';
import { jsonSchemaOf } from './json-schema';
import { closed } from './settings';
import { complaint, shown } from './values';

const whenNot = optional(text(64)).describe('Where to go on when it comes to nothing. Absent: the run ends.');
const named = <K extends string>(kind: K) => ({
  id: text(64).describe('Unlike that of any other step.'),
  kind: choice([kind]),
});
const pointed = {
  promotion_id: text(255).describe('Trigger promotion: its external id, or its numeric id.'),
  points_currency_eid: optional(text(255)),
  amount: optional(amount()).describe('Absent: the static amount of the rule.'),
};
const hold = text(64).describe('Id of the step that opened it.');

const kinds = {
  wait: closed({ ...named('wait'), n: integer({ min: 1, max: 10_000 }), unit: choice(waitUnits) }),
  check: closed({ ...named('check'), if: condition(), otherwise: whenNot }),
  accrue: closed({ ...named('accrue'), ...pointed, otherwise: whenNot }),
  redeem: closed({ ...named('redeem'), ...pointed, otherwise: whenNot }),
  open_hold: closed({
    ...named('open_hold'),
    operation: choice(['accrue', 'redeem']),
    ...pointed,
    timeout_sec: optional(integer({ min: 1 })),
    otherwise: whenNot,
  }),
  commit_hold: closed({ ...named('commit_hold'), hold, otherwise: whenNot }),
  roll_back_hold: closed({ ...named('roll_back_hold'), hold, otherwise: whenNot }),
  emit: closed({ ...named('emit'), name: text(255), data: optional(jsonObject()) }),
} satisfies Record<Step['kind'], z.ZodType>;

const triggerFields = closed({
  kind: choice(triggerKinds),
  field: optional(text(64)).describe('Of a birthday: the profile field with the date.'),
  if: optional(condition()).describe('What must be so of the event.'),
});

/** What starts a scenario. */
export function trigger(): Field<Trigger> {
  const field = z.unknown().transform((value, context): Trigger => {
    const read = triggerFields.safeParse(value);
    if (read.success) return withoutAbsent(read.data) as Trigger;
    for (const { path, message } of read.error.issues) {
      context.addIssue({ code: 'custom', path, message, input: value });
    }
    return z.NEVER;
  });
  leaves.add(field, { kind: 'json', schema: jsonSchemaOf(triggerFields, 'input') });
  return field;
}

/** One step of a scenario: its kind says which further keys it has. */
export function step(): Field<Step> {
  const field = z.unknown().transform((value, context): Step => {
    const kind = kindOf(value);
    if (!kind) {
      const expected = `one of ${Object.keys(kinds)
        .map((it) => `"${it}"`)
        .join(', ')}`;
      const given = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
      const path = typeof value === 'object' && value !== null ? ['kind'] : [];
      const message =
        path.length > 0 ? complaint(expected, given) : `expected an object, got ${shown(value)}`;
      context.addIssue({ code: 'custom', path, message, input: value });
      return z.NEVER;
    }
    const read = kinds[kind].safeParse(value);
    if (read.success) return withoutAbsent(read.data) as Step;
    for (const { path, message } of read.error.issues) {
      context.addIssue({ code: 'custom', path, message, input: value });
    }
    return z.NEVER;
  });
  const schemas = Object.values(kinds).map((kind) => jsonSchemaOf(kind, 'input'));
  leaves.add(field, { kind: 'json', schema: { oneOf: schemas } });
  return field;
}

function kindOf(value: unknown): Step['kind'] | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  return (Object.keys(kinds) as Step['kind'][]).find((kind) => kind === value.kind);
}

function withoutAbsent(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
