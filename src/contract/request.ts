import type { z } from 'zod';
import { object } from './fields';

/** Says that a field is wrong; `problem` follows its name: "is required", "expected …, got …". */
export type Report = (field: string, problem: string) => void;

/**
 * Several keys of a request that make one value, such as matching with email, phone, …: its fields, and how
 * the value is read from them. What `read` gives after a report is not used.
 */
export interface Block<T> {
  fields: z.ZodRawShape;
  read(raw: Record<string, unknown>, report: Report): T | undefined;
}

type Blocks = Readonly<Record<string, Block<unknown>>>;
type BlockValues<B extends Blocks> = { [K in keyof B]: Exclude<ReturnType<B[K]['read']>, undefined> };

/** What a request gives: its fields and, under their names, its blocks. */
export type RequestValue<F extends z.ZodRawShape, B extends Blocks> = z.output<z.ZodObject<F>> &
  BlockValues<B>;

/**
 * The schema of a request body: fields, blocks of fields, and rules that concern several of them. `rules`
 * runs when all else is well.
 */
export function request<F extends z.ZodRawShape, B extends Blocks>(
  fields: F,
  blocks: B,
  rules?: (value: RequestValue<F, B>, report: Report) => void,
) {
  const blockFields = Object.assign(
    {},
    ...Object.values(blocks).map((block) => block.fields),
  ) as z.ZodRawShape;
  const own = Object.keys(fields);
  return object({ ...fields, ...blockFields }).transform((raw: Record<string, unknown>, context) => {
    const report: Report = (field, problem) => {
      context.addIssue({ code: 'custom', path: [field], message: problem, input: raw[field] });
    };
    const value: Record<string, unknown> = {};
    for (const key of own) value[key] = raw[key];
    for (const [key, block] of Object.entries(blocks)) value[key] = block.read(raw, report);
    const result = value as RequestValue<F, B>;
    if (context.issues.length === 0) rules?.(result, report);
    return result;
  });
}
