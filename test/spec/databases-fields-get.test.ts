import { databases } from '../../src/contract/databases';
import { databaseCases } from '../support/profile-cases';
import { specify } from '../support/spec';

const system = (name: string, type: string, more = {}) => ({
  name,
  title: '',
  type,
  required: false,
  unique: false,
  is_system: true,
  ...more,
});
const custom = (name: string, type: string, unique = false) => ({
  ...system(name, type, { unique }),
  is_system: false,
});

const systemFields = [
  system('email', 'string', { unique: true }),
  system('phones', 'array'),
  system('_fname', 'string'),
  system('_lname', 'string'),
  system('_bdate', 'date'),
  system('_sex', 'enum', { enum_values: ['male', 'female'] }),
  system('_regdate', 'date'),
  system('_regip', 'ip'),
  system('_regurl', 'string'),
  system('_ip', 'ip'),
  system('_status', 'int'),
  system('_city', 'string'),
  system('_country', 'string'),
  system('_region', 'string'),
  system('_lat', 'float'),
  system('_lon', 'float'),
  system('_browser', 'string'),
  system('_is_desktop', 'bool'),
  system('_is_test', 'bool'),
];

specify(
  databases.fields,
  {
    'built-in fields, then custom ones': {
      answers: {
        data: [
          ...systemFields,
          custom('card', 'int', true),
          custom('crm_id', 'string', true),
          custom('level', 'int'),
          custom('likes', 'tags'),
        ],
      },
    },
    'a database without custom fields': { request: { db_id: 3 }, answers: { data: systemFields } },
    ...databaseCases,
  },
  { db_id: 1 },
);
