import { type Refusal, refuse } from '../../domain/refusal';

/** Business dates may lie in the past, not in the future. */
export function refuseFuture(
  field: string,
  moment: string | undefined,
  now: string,
): Refusal<'bad_request'> | undefined {
  if (moment === undefined || Date.parse(moment) <= Date.parse(now)) return undefined;
  return refuse('bad_request', { problem: `${field}: expected a time not in the future, got ${moment}` });
}
