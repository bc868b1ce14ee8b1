import type { databases } from '../../contract/databases';
import type { Database } from '../../domain/catalog';
import { systemFields } from '../../domain/profile';
import { isRefusal } from '../../domain/refusal';
import type { Handlers } from '../handler';
import { findDatabase, mayUseDatabase } from './database';
import type { Dependencies } from './target';

const defaultLimit = 1_000;

export function createDatabaseHandlers({
  catalog,
}: Pick<Dependencies, 'catalog'>): Handlers<typeof databases> {
  return {
    async list({ from_id = 0, limit = defaultLimit }, { access }) {
      const allowed = catalog
        .databases()
        .filter(({ id }) => id > from_id && mayUseDatabase(catalog, access, id));
      const data = allowed.slice(0, limit).map(({ id, name }) => ({ id, name, ui_tags: [], groups: [] }));
      return { data };
    },

    async fields({ db_id }, { access }) {
      const database = findDatabase(catalog, access, db_id);
      return isRefusal(database) ? database : { data: fieldRows(database) };
    },
  };
}

function fieldRows({ emailIsUnique, fields }: Database) {
  const system = { title: '', required: false, unique: false, is_system: true };
  return [
    { ...system, name: 'email', type: 'string' as const, unique: emailIsUnique },
    { ...system, name: 'phones', type: 'array' as const },
    ...[...systemFields].map(([name, { type, enumValues }]) => ({
      ...system,
      name,
      type,
      ...(enumValues && { enum_values: [...enumValues] }),
    })),
    ...[...fields.values()].map((field) => ({
      name: field.name,
      title: field.title,
      type: field.type,
      required: field.isRequired,
      unique: field.isUnique,
      is_system: false,
      ...(field.enumValues && { enum_values: [...field.enumValues] }),
    })),
  ];
}
