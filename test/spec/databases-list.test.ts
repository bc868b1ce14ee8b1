import { databases } from '../../src/contract/databases';
import { specify } from '../support/spec';

const row = (id: number, name: string) => ({ id, name, ui_tags: [], groups: [] });
const all = [
  row(1, 'Shop'),
  row(2, 'Closed shop'),
  row(3, 'Two currencies'),
  row(4, 'Lenient shop'),
  row(5, 'Lists'),
  row(7, 'Orders'),
  row(8, 'No program'),
  row(9, 'Statuses'),
];

specify(databases.list, {
  'all of them': { answers: { data: all } },
  'a page': { request: { from_id: 1, limit: 2 }, answers: { data: all.slice(1, 3) } },
  'beyond the last': { request: { from_id: 9 }, only: 'json', answers: { data: [] } },
  'only those of the programs the token may use': {
    request: { token: 'guest' },
    answers: { data: [all[1]] },
  },
  'a limit that is too large': {
    request: { limit: 1001 },
    refuses: 'bad_request',
    text: 'limit: expected an integer from 1 to 1000, got 1001',
  },
  'a from_id that is no number': {
    request: { from_id: 'first' },
    refuses: 'bad_request',
    text: 'from_id: expected an integer from 0 to 2147483647, got "first"',
  },
  'a token without the scope': {
    request: { token: 'stranger' },
    refuses: 'scope_missing',
    text: 'API token lacks the scope "loyalty_read"',
  },
});
