import { integer, text, timestamp } from '../fields';
import { answerFields, changeFields, creationFields, databaseSettings, fieldSettings } from '../settings';
import { resourceEndpoints } from './resource';

const times = { created_at: timestamp(), updated_at: timestamp() };

/** Profile databases. */
export const adminDatabases = resourceEndpoints({
  one: 'profile database',
  many: 'profile databases',
  collection: '/admin/v1/databases',
  parent: {},
  item: '/admin/v1/databases/:id',
  key: { id: integer({ min: 1 }).describe('Id of the profile database.') },
  position: integer(),
  create: creationFields(databaseSettings),
  change: changeFields(databaseSettings),
  answer: { id: integer(), ...answerFields(databaseSettings), ...times },
  notes: {
    create: 'Makes an empty database of profiles.',
    change: 'E-mail addresses can be made unique only while no two profiles share one.',
    remove:
      'Only a database without profiles and programs can be deleted; its fields and segments go with it.',
  },
  example: {
    parent: {},
    key: { id: 1 },
    create: { name: 'Customers' },
    change: { name: 'Customers' },
    answer: {
      id: 1,
      name: 'Customers',
      email_is_unique: true,
      created_at: '2025-02-01T08:00:00Z',
      updated_at: '2025-02-01T08:00:00Z',
    },
  },
});

const { name: _, ...changeable } = fieldSettings;
const crmId = {
  name: 'crm_id',
  title: 'CRM id',
  type: 'string',
  is_required: false,
  is_unique: true,
  enum_values: null,
};
const parent = { database_id: integer({ min: 1 }).describe('Id of the profile database.') };

/** Custom fields of a profile database. */
export const adminFields = resourceEndpoints({
  one: 'custom field',
  many: 'custom fields',
  collection: '/admin/v1/databases/:database_id/fields',
  parent,
  item: '/admin/v1/databases/:database_id/fields/:name',
  key: { ...parent, name: text(64).describe('Name of the field.') },
  position: text(64),
  create: creationFields(fieldSettings),
  change: changeFields(changeable),
  answer: { database_id: integer(), ...answerFields(fieldSettings) },
  notes: {
    create: 'Profiles can be found by it (matching custom) from now on.',
    change:
      'The name stays. It can be made unique only while no two profiles share a value; its type and the ' +
      'values of an enum that profiles have cannot be taken away from them.',
    remove: 'Only a field in which no profile has a value can be deleted.',
  },
  example: {
    parent: { database_id: 1 },
    key: { database_id: 1, name: 'crm_id' },
    create: { name: 'crm_id', title: 'CRM id', type: 'string', is_unique: true },
    change: { title: 'CRM id' },
    answer: { database_id: 1, ...crmId },
  },
});
