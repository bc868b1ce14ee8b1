import type { z } from 'zod';
import { pathText } from '../domain/path-text';

/** What is wrong with one field of a request; `field` is a path such as data.lines[0].count. */
export interface Problem {
  field: string;
  problem: string;
}

const mostShown = 10;

/** The value, typed; or every problem there is with it. */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { value: z.output<S> } | { problems: Problem[] } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  const problems = result.error.issues.map(({ path, message }) => ({
    field: pathText(path),
    problem: message,
  }));
  return { problems };
}

/** The problems as one text: "amount: is required; limit: expected …". */
export function problemsText(problems: readonly Problem[]): string {
  const lines = problems
    .slice(0, mostShown)
    .map(({ field, problem }) => (field ? `${field}: ${problem}` : problem));
  const unshown = problems.length - lines.length;
  return [...lines, ...(unshown > 0 ? [`and ${unshown} more`] : [])].join('; ');
}
