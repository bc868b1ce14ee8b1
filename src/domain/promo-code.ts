/** Promo codes: who may use one at a moment, and why not. */

/** A code as it stands, seen by one profile. Times are RFC 3339 UTC; null means open. */
export interface PromoCode {
  readonly code_id: string;
  readonly code: string;
  readonly pool_id: number;
  readonly pool_external_id: string;
  /** May be attached to many and used often; otherwise it is for one profile, once. */
  readonly is_multi_use: boolean;
  readonly pool_is_active: boolean;
  readonly issue_from: string | null;
  readonly issue_to: string | null;
  readonly max_uses: number | null;
  readonly max_uses_per_profile: number | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  /** How many profiles it is attached to, since when, and to whom if it is one. */
  readonly holders: number;
  readonly attached_at: string | null;
  readonly holder: string | null;
  /** How often it was activated, and when first. */
  readonly uses: number;
  readonly activated_at: string | null;
  /** Whether it is attached to the profile that was asked about, and how often that one used it. */
  readonly is_held: boolean;
  readonly uses_by_profile: number;
}

/** A text that is no code of the profile database. */
export interface UnknownCode {
  readonly code: string;
  readonly code_id: null;
}

/** Why a code cannot be used. */
export type CodeReason =
  | 'unknown'
  | 'attached_elsewhere'
  | 'activated'
  | 'expired'
  | 'used_up'
  | 'used_by_profile'
  | 'pool_inactive'
  | 'pool_closed';

/**
 * Whether a profile may use a code at a moment; null: a guest, who has no codes. `code` must have been read
 * for this profile. A code that it does not have yet would be issued to it, so its pool must be issuing.
 */
export function judgeCode(
  code: PromoCode | UnknownCode,
  profileId: string | null,
  at: string,
): 'usable' | CodeReason {
  if (code.code_id === null) return 'unknown';
  const isElsewhere = !code.is_multi_use && code.holders > 0 && code.holder !== profileId;
  if (isElsewhere) return 'attached_elsewhere';
  const reason = whySpent(code, at);
  if (reason) return reason;
  return code.is_held || isIssuing(code, at) ? 'usable' : 'pool_closed';
}

/** Why nobody can activate a code any more, or its profile cannot; null: it can be. */
export function whySpent(
  code: PromoCode,
  at: string,
): Exclude<CodeReason, 'unknown' | 'attached_elsewhere' | 'pool_closed'> | null {
  if (!code.is_multi_use && code.uses > 0) return 'activated';
  if (isExpired(code, at)) return 'expired';
  if (!code.pool_is_active) return 'pool_inactive';
  if (code.max_uses !== null && code.uses >= code.max_uses) return 'used_up';
  const { max_uses_per_profile: most } = code;
  return most !== null && code.uses_by_profile >= most ? 'used_by_profile' : null;
}

export function isExpired({ expires_at }: Pick<PromoCode, 'expires_at'>, at: string): boolean {
  return expires_at !== null && Date.parse(expires_at) <= Date.parse(at);
}

/** Whether a pool hands out codes at a moment; both ends belong to the period. */
export function isIssuing(
  { issue_from, issue_to }: Pick<PromoCode, 'issue_from' | 'issue_to'>,
  at: string,
): boolean {
  const now = Date.parse(at);
  const hasBegun = issue_from === null || Date.parse(issue_from) <= now;
  return hasBegun && (issue_to === null || now <= Date.parse(issue_to));
}

/** What codes can be listed by. */
export const codeStates = ['free', 'attached', 'activated', 'expired'] as const;
