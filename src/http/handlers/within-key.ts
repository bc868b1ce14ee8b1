import type { Refusal } from '../../domain/refusal';

/** The refusal of a part of a request; a field that is wrong is named by its path in the whole request. */
export function withinKey<R extends Refusal>(key: string, refusal: R): R {
  if (refusal.refusal !== 'bad_request') return refusal;
  return { ...refusal, details: { problem: `${key}.${refusal.details.problem}` } };
}
