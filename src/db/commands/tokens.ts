import { createHash } from 'node:crypto';
import { z } from 'zod';
import { checkToken } from '../../domain/setting-rules';
import type { Objection, TokenValues } from '../../domain/settings';
import { listLiveTokens, listPrograms, type TokenRow, tokenColumns, tokenRow } from '../queries/catalog';
import { type Queryable, queryFirst, queryOne } from '../query';

const insertToken = queryOne({
  name: 'token-insert',
  parameters: [z.string(), z.array(z.string()), z.array(z.int()).nullable(), z.string()],
  row: tokenRow,
  text: `
    insert into catalog.tokens (name, scopes, program_ids, token_hash)
    values ($1, $2, $3, decode($4, 'hex'))
    returning ${tokenColumns}`,
});

const updateToken = queryFirst({
  name: 'token-update',
  parameters: [z.int(), z.string(), z.array(z.string()), z.array(z.int()).nullable(), z.string()],
  row: tokenRow,
  text: `
    update catalog.tokens set name = $2, scopes = $3, program_ids = $4, token_hash = decode($5, 'hex')
    where id = $1
    returning ${tokenColumns}`,
});

const revokeTokenRow = queryFirst({
  name: 'token-revoke',
  parameters: [z.int()],
  row: tokenRow,
  text: `
    update catalog.tokens set revoked_at = coalesce(revoked_at, now())
    where id = $1
    returning ${tokenColumns}`,
});

/** The token with this secret, revoked or not. */
export const findToken = queryFirst({
  name: 'token-find',
  parameters: [z.string()],
  row: tokenRow,
  text: `select ${tokenColumns} from catalog.tokens where token_hash = decode($1, 'hex')`,
});

/** The form in which tokens are kept: SHA-256 in hex. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Makes a token; the secret itself does not leave this process. */
export async function createToken(
  db: Queryable,
  values: TokenValues,
  secret: string,
): Promise<TokenRow | Objection> {
  const { name, scopes, program_ids } = values;
  const objection = checkToken(values, await listPrograms(db), await listLiveTokens(db));
  return objection ?? insertToken(db, name, scopes, program_ids, hashToken(secret));
}

/** Makes a token be what is said, with this secret from now on; undefined if there is none. */
export async function changeToken(
  db: Queryable,
  id: number,
  values: TokenValues,
  secret: string,
): Promise<TokenRow | Objection | undefined> {
  const { name, scopes, program_ids } = values;
  const others = (await listLiveTokens(db)).filter((token) => token.id !== id);
  const objection = checkToken(values, await listPrograms(db), others);
  return objection ?? updateToken(db, id, name, scopes, program_ids, hashToken(secret));
}

/** Revokes a token, from now on and for good; undefined if there is none. */
export function revokeToken(db: Queryable, id: number): Promise<TokenRow | undefined> {
  return revokeTokenRow(db, id);
}
