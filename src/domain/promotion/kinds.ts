import { z } from 'zod';
import type { ConditionProblem } from '../condition';
import { audience } from './conditions/audience';
import { goods } from './conditions/goods';
import { hours } from './conditions/hours';
import { minimumCount } from './conditions/minimum-count';
import { minimumSum } from './conditions/minimum-sum';
import { order } from './conditions/order';
import { promoCode } from './conditions/promo-code';
import { amountOffOrder } from './effects/amount-off-order';
import { amountOffUnit } from './effects/amount-off-unit';
import { fixedPoints } from './effects/fixed-points';
import { percentOff } from './effects/percent-off';
import { percentPoints } from './effects/percent-points';
import { pointsPayment } from './effects/points-payment';
import { pointsPerMoney } from './effects/points-per-money';
import { specialPrice } from './effects/special-price';
import { everyNthUnit, unitsOff } from './effects/units-off';
import type { Earning, Payment, Reason, Reduce, Test } from './kind';
import type { Terms } from './terms';

/** Every kind there is: a new one is a file, and a line here. */
const conditionKinds = [
  ...[audience, order, goods],
  ...[minimumSum, minimumCount, promoCode, hours],
] as const;
const discountKinds = [
  ...[percentOff, amountOffUnit, amountOffOrder],
  ...[specialPrice, unitsOff, everyNthUnit],
] as const;
const pointsKinds = [percentPoints, fixedPoints, pointsPerMoney, pointsPayment] as const;

/** A condition or an effect as JSON and YAML say it: its kind and its arguments. */
export type Part = { readonly kind: string };

type Declared = { kind: string; args: z.ZodType; check?(args: never, terms: Terms): ConditionProblem | null };

/** Reads one part by its kind; what is wrong is said with the path of the argument. */
function partOf(kinds: readonly Declared[]) {
  return z
    .unknown()
    .transform((value, context): Part => {
      const given = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
      const kind = kinds.find((it) => it.kind === given);
      if (!kind) {
        const expected = kinds.map((it) => `"${it.kind}"`).join(', ');
        context.addIssue({
          code: 'custom',
          path: ['kind'],
          message: `expected one of ${expected}`,
          input: value,
        });
        return z.NEVER;
      }
      const read = kind.args.safeParse(value);
      if (read.success) return read.data as Part;
      for (const issue of read.error.issues) {
        context.addIssue({ code: 'custom', path: issue.path, message: complaint(issue), input: value });
      }
      return z.NEVER;
    })
    .meta({ oneOf: kinds.map(({ args }) => schemaOf(args)) });
}

function complaint(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `has no ${issue.keys.map((key) => `"${key}"`).join(' or ')}`;
  return issue.code === 'invalid_type' && issue.message.endsWith('undefined') ? 'is required' : issue.message;
}

function schemaOf(args: z.ZodType): z.core.JSONSchema.BaseSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(args, { io: 'input', unrepresentable: 'any' });
  return schema;
}

export const conditionPart = partOf(conditionKinds);
export const discountPart = partOf(discountKinds);
export const pointsPart = partOf(pointsKinds);
/** An effect of either kind of promotion. */
export const effectPart = partOf([...discountKinds, ...pointsKinds]);

/** A kind as documents show it: its arguments as JSON Schema. */
export interface PartKind {
  readonly kind: string;
  readonly summary: string;
  readonly schema: z.core.JSONSchema.BaseSchema;
}

const shown = ({ kind, summary, args }: AnyKind): PartKind => ({ kind, summary, schema: schemaOf(args) });

/** All kinds there are, in the order of their declaration. */
export const partKinds = {
  conditions: conditionKinds.map(shown),
  discounts: discountKinds.map(shown),
  points: pointsKinds.map(shown),
};

/** The kind of promotion that an effect is for. */
export function promotionKindOf(effect: Part): 'discount' | 'points' {
  return discountKinds.some(({ kind }) => kind === effect.kind) ? 'discount' : 'points';
}

/** A part as it is kept: what is null in it is left out. */
export function withoutNulls<T extends object>(part: T): T {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null)) as T;
}

type AnyKind =
  | (typeof conditionKinds)[number]
  | (typeof discountKinds)[number]
  | (typeof pointsKinds)[number];

/** The declared kind of a part that was read. */
function kindOf<K extends AnyKind>(kinds: readonly K[], part: Part): K {
  const kind = kinds.find((it) => it.kind === part.kind);
  if (!kind) throw new RangeError(`There is no kind "${part.kind}"`);
  return kind;
}

/** What of the arguments does not exist or fit in this program, or null. */
export function checkPart(part: Part, terms: Terms): ConditionProblem | null {
  const kinds: readonly Declared[] = [...conditionKinds, ...discountKinds, ...pointsKinds];
  return kinds.find((it) => it.kind === part.kind)?.check?.(part as never, terms) ?? null;
}

export function compileCondition(part: Part, terms: Terms): Test & { because: Reason } {
  const kind = kindOf(conditionKinds, part);
  return { because: kind.because, ...kind.compile(part as never, terms) };
}

export function compileDiscount(part: Part, terms: Terms): Reduce {
  return kindOf(discountKinds, part).compile(part as never, terms);
}

export function compilePoints(part: Part, terms: Terms): Earning | Payment {
  return kindOf(pointsKinds, part).compile(part as never, terms);
}
