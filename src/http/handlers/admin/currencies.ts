import type { adminCurrencies } from '../../../contract/admin/currencies';
import {
  changeCurrency,
  createCurrency,
  currencyValues,
  deleteCurrency,
} from '../../../db/commands/currencies';
import { type CurrencyRow, listCurrencies, listPrograms } from '../../../db/queries/catalog';
import { toTrimmed } from '../../../domain/amount';
import { isRefusal, type Refusal } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import { type AdminDependencies, change, found, given, pageOf } from './change';

export function createAdminCurrencyHandlers(
  dependencies: AdminDependencies,
): Handlers<typeof adminCurrencies> {
  const { db } = dependencies;
  return {
    async list(input) {
      const { program_id } = input;
      const program = (await listPrograms(db)).find(({ id }) => id === program_id);
      if (!program) return found(undefined, 'Loyalty program', program_id);
      const rows = (await listCurrencies(db)).filter((row) => row.program_id === program_id);
      return pageOf(rows, ({ iid }) => iid, input, answer);
    },
    async create({ program_id, ...values }) {
      const row = await change(dependencies, (tx) => createCurrency(tx, program_id, values));
      return answerOr(isRefusal(row) ? row : found(row, 'Loyalty program', program_id));
    },
    async read({ iid }) {
      return answerOr(
        found(
          (await listCurrencies(db)).find((row) => row.iid === iid),
          'Points currency',
          iid,
        ),
      );
    },
    async change({ iid, ...values }) {
      const row = await change(dependencies, (tx) => changeCurrency(tx, iid, given(values)));
      return answerOr(isRefusal(row) ? row : found(row, 'Points currency', iid));
    },
    async remove({ iid }) {
      const row = await change(dependencies, (tx) => deleteCurrency(tx, iid));
      return answerOr(isRefusal(row) ? row : found(row, 'Points currency', iid));
    },
  };
}

function answerOr<R extends Refusal>(row: CurrencyRow | R) {
  return 'refusal' in row ? row : answer(row);
}

function answer(row: CurrencyRow) {
  const { iid, program_id, created_at, updated_at } = row;
  const values = currencyValues(row);
  const initial_balance = toTrimmed(values.initial_balance);
  return { iid, program_id, ...values, initial_balance, created_at, updated_at };
}
