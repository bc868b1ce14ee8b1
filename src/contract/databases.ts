import { fieldTypes } from '../domain/catalog';
import { endpoint } from './endpoint';
import { choice, flag, integer, list, object, optional, text } from './fields';
import { request } from './request';

const listAll = endpoint({
  path: '/api/v1.1/databases/list',
  family: 'profiles',
  scope: 'loyalty_read',
  summary: 'Profile databases',
  description:
    'The profile databases the token may use. Ours: ascending by id; ui_tags and groups are always empty.',
  request: request(
    {
      from_id: optional(integer()).describe('Only databases with a greater id.'),
      limit: optional(integer({ min: 1, max: 1000 })).describe('Rows of a page, 1 to 1000. Absent: 1000.'),
    },
    {},
  ),
  response: object({
    data: list(
      object({
        id: integer(),
        name: text(255),
        ui_tags: list(text(255)),
        groups: list(object({ id: integer(), name: text(255) })),
      }),
    ),
  }),
  refusals: [],
  examples: [{ request: {}, response: { data: [{ id: 5, name: 'Customers', ui_tags: [], groups: [] }] } }],
});

const fields = endpoint({
  path: '/api/v1.1/databases/fields_get',
  family: 'profiles',
  scope: 'loyalty_read',
  summary: 'Fields of a profile database',
  description: 'Ours: built-in fields first, then custom ones by name. phones is a list of texts.',
  request: request({ db_id: integer().describe('Id of the profile database.') }, {}),
  response: object({
    data: list(
      object({
        name: text(255),
        title: text(255, { min: 0 }),
        type: choice([...fieldTypes, 'array']),
        required: flag(),
        unique: flag(),
        is_system: flag(),
        enum_values: list(text(255)).optional(),
      }),
    ),
  }),
  refusals: ['database_not_found', 'database_not_allowed'],
  examples: [
    {
      request: { db_id: 5 },
      response: {
        data: [
          { name: 'email', title: 'E-mail', type: 'string', required: false, unique: true, is_system: true },
          { name: 'CRM_ID', title: '', type: 'string', required: false, unique: true, is_system: false },
        ],
      },
    },
  ],
});

export const databases = { list: listAll, fields };
