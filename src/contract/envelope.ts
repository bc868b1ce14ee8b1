import { type Refusal, refusals, refusalText } from '../domain/refusal';
import type { Endpoint, Family } from './endpoint';
import type { Problem } from './problems';

/** What error_text says when error is 0. */
export const successTexts: Readonly<Record<Exclude<Family, 'admin' | 'files'>, string>> = {
  loyalty: 'Successful operation',
  profiles: 'Successful operation',
  market: '',
};

/** The body of a success: the payload with error 0 before or after it; admin endpoints answer it bare. */
export function successBody(
  { family, outcome }: Endpoint,
  payload: object,
  format: 'json' | 'xml' = 'json',
): object {
  if (family === 'admin' || family === 'files') return payload;
  const success = { error: 0, error_text: successTexts[family] };
  const isLast = outcome === 'last' || (outcome === 'last_in_xml' && format === 'xml');
  return isLast ? { ...payload, ...success } : { ...success, ...payload };
}

export interface FailureBody {
  error: number;
  error_text: string;
  fields?: readonly Problem[];
}

/** The body of a refusal. */
export function failureBody(refusal: Refusal): FailureBody {
  return { error: refusals[refusal.refusal].error, error_text: refusalText(refusal) };
}
