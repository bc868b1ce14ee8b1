import { randomBytes } from 'node:crypto';
import type { adminTokens } from '../../../contract/admin/tokens';
import { createToken, revokeToken } from '../../../db/commands/tokens';
import { listTokens } from '../../../db/queries/catalog';
import { isRefusal } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import { type AdminDependencies, change, found, pageOf } from './change';

const resource = 'API token';

export function createAdminTokenHandlers(dependencies: AdminDependencies): Handlers<typeof adminTokens> {
  const { db } = dependencies;
  return {
    list: async (input) =>
      pageOf(
        await listTokens(db),
        ({ id }) => id,
        input,
        (row) => row,
      ),
    async create(input) {
      const token = `lp_${randomBytes(32).toString('base64url')}`;
      const row = await change(dependencies, (tx) => createToken(tx, input, token));
      return isRefusal(row) ? row : { ...row, token };
    },
    read: async ({ id }) =>
      found(
        (await listTokens(db)).find((row) => row.id === id),
        resource,
        id,
      ),
    async revoke({ id }) {
      const row = await change(dependencies, (tx) => revokeToken(tx, id));
      return isRefusal(row) ? row : found(row, resource, id);
    },
  };
}
