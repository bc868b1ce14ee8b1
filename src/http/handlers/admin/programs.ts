import type { adminPrograms } from '../../../contract/admin/programs';
import { changeProgram, createProgram, deleteProgram, programValues } from '../../../db/commands/programs';
import { listPrograms, type ProgramRow } from '../../../db/queries/catalog';
import { isRefusal, type Refusal } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import type { Dependencies } from '../target';
import { change, found, given, pageOf } from './change';

const resource = 'Loyalty program';

export function createAdminProgramHandlers(dependencies: Dependencies): Handlers<typeof adminPrograms> {
  const { db, gateway } = dependencies;
  const takeIn = ({ id, participation }: ProgramRow) => {
    if (participation !== 'manual') void gateway.startEnrolment(id);
  };
  return {
    list: async (input) => pageOf(await listPrograms(db), ({ id }) => id, input, answer),
    async create(input) {
      const row = await change(dependencies, (tx) => createProgram(tx, input));
      if (!isRefusal(row)) takeIn(row);
      return isRefusal(row) ? row : answer(row);
    },
    async read({ id }) {
      const row = (await listPrograms(db)).find((it) => it.id === id);
      return answerOr(found(row, resource, id));
    },
    async change({ id, ...values }) {
      const row = await change(dependencies, (tx) => changeProgram(tx, id, given(values)));
      if (row && !isRefusal(row)) takeIn(row);
      return isRefusal(row) ? row : answerOr(found(row, resource, id));
    },
    async remove({ id }) {
      const row = await change(dependencies, (tx) => deleteProgram(tx, id));
      return isRefusal(row) ? row : answerOr(found(row, resource, id));
    },
  };
}

function answerOr<R extends Refusal>(row: ProgramRow | R) {
  return 'refusal' in row ? row : answer(row);
}

function answer(row: ProgramRow) {
  const { id, created_at, updated_at } = row;
  return { id, ...programValues(row), created_at, updated_at };
}
