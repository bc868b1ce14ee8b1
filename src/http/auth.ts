import { hashToken } from '../db/commands/tokens';
import type { Access, Scope } from '../domain/catalog';
import { type Refusal, refuse } from '../domain/refusal';

/** Looks up what a token may do, by its SHA-256 in hex; undefined if it is unknown or revoked. */
export type FindAccess = (tokenHash: string) => Access | undefined;

/** For endpoints that ask for no token. */
const anonymous: Access = { tokenId: 0, tokenName: '', scopes: new Set(), programIds: new Set() };

/**
 * What the bearer of the request may do. The token comes in the body or in the header Authorization.
 * Refusals: token_missing, token_ambiguous, token_invalid, scope_missing.
 */
export function authorize(
  inBody: unknown,
  authorization: string | undefined,
  scope: Scope | null,
  findAccess: FindAccess,
): Access | Refusal<'token_missing' | 'token_ambiguous' | 'token_invalid' | 'scope_missing'> {
  if (scope === null) return anonymous;
  const tokens = new Set([inBody, bearerToken(authorization)].filter(isGiven));
  const [token] = tokens;
  if (token === undefined) return refuse('token_missing', {});
  if (tokens.size > 1) return refuse('token_ambiguous', {});
  const access = typeof token === 'string' ? findAccess(hashToken(token)) : undefined;
  if (!access) return refuse('token_invalid', {});
  return access.scopes.has(scope) ? access : refuse('scope_missing', { scope });
}

function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

function isGiven(token: unknown): boolean {
  return token !== undefined && token !== null && token !== '';
}
