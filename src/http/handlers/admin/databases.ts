import type { adminDatabases, adminFields } from '../../../contract/admin/databases';
import {
  changeDatabase,
  changeField,
  createDatabase,
  createField,
  deleteDatabase,
  deleteField,
} from '../../../db/commands/databases';
import { listDatabases, listFields } from '../../../db/queries/catalog';
import { isRefusal } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import { type AdminDependencies, change, found, given, pageOf } from './change';

const resource = 'Profile database';

export function createAdminDatabaseHandlers(
  dependencies: AdminDependencies,
): Handlers<typeof adminDatabases> {
  const { db } = dependencies;
  return {
    list: async (input) => pageOf(await listDatabases(db), ({ id }) => id, input, asIs),
    create: (input) => change(dependencies, (tx) => createDatabase(tx, input)),
    read: async ({ id }) =>
      found(
        (await listDatabases(db)).find((row) => row.id === id),
        resource,
        id,
      ),
    async change({ id, ...values }) {
      const row = await change(dependencies, (tx) => changeDatabase(tx, id, given(values)));
      return isRefusal(row) ? row : found(row, resource, id);
    },
    async remove({ id }) {
      const row = await change(dependencies, (tx) => deleteDatabase(tx, id));
      return isRefusal(row) ? row : found(row, resource, id);
    },
  };
}

export function createAdminFieldHandlers(dependencies: AdminDependencies): Handlers<typeof adminFields> {
  const { db } = dependencies;
  return {
    async list(input) {
      const { database_id } = input;
      const database = (await listDatabases(db)).find(({ id }) => id === database_id);
      if (!database) return found(undefined, resource, database_id);
      const rows = (await listFields(db)).filter((row) => row.database_id === database_id);
      return pageOf(rows, ({ name }) => name, input, asIs);
    },
    async create({ database_id, ...values }) {
      const row = await change(dependencies, (tx) => createField(tx, database_id, values));
      return isRefusal(row) ? row : found(row, resource, database_id);
    },
    async read({ database_id, name }) {
      const rows = await listFields(db);
      const row = rows.find((it) => it.database_id === database_id && it.name === name);
      return found(row, 'Custom field', name);
    },
    async change({ database_id, name, ...values }) {
      const row = await change(dependencies, (tx) => changeField(tx, database_id, name, given(values)));
      return isRefusal(row) ? row : found(row, 'Custom field', name);
    },
    async remove({ database_id, name }) {
      const row = await change(dependencies, (tx) => deleteField(tx, database_id, name));
      return isRefusal(row) ? row : found(row, 'Custom field', name);
    },
  };
}

function asIs<R>(row: R): R {
  return row;
}
