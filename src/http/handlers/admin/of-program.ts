import { listPrograms } from '../../../db/queries/catalog';
import type { Queryable } from '../../../db/query';
import { isRefusal } from '../../../domain/refusal';
import type { Objection } from '../../../domain/settings';
import { type AdminDependencies, change, found, given, pageOf } from './change';

/** A kind of setting that programs have many of, known by id; undefined: there is no such program, or row. */
interface Kept<V extends object, R extends { id: number }> {
  readonly noun: string;
  /** Of one program, or of all. */
  read(db: Queryable, programId?: number): Promise<R[]>;
  create(db: Queryable, programId: number, values: V): Promise<R | Objection | undefined>;
  change(db: Queryable, id: number, change: Partial<V>): Promise<R | Objection | undefined>;
  remove(db: Queryable, id: number): Promise<R | Objection | undefined>;
}

const parent = 'Loyalty program';

/** How the five endpoints of such a kind of setting are answered. */
export function handlersOfProgram<V extends object, R extends { id: number }>(
  dependencies: AdminDependencies,
  kept: Kept<V, R>,
) {
  const { db } = dependencies;
  return {
    async list(input: { program_id: number; after?: number | undefined; limit?: number | undefined }) {
      const { program_id } = input;
      const program = (await listPrograms(db)).find(({ id }) => id === program_id);
      if (!program) return found(undefined, parent, program_id);
      const rows = await kept.read(db, program_id);
      return pageOf(
        rows,
        ({ id }) => id,
        input,
        (row) => row,
      );
    },
    async create(input: V & { program_id: number }) {
      const { program_id, ...values } = input;
      const row = await change(dependencies, (tx) => kept.create(tx, program_id, values as unknown as V));
      return isRefusal(row) ? row : found(row, parent, program_id);
    },
    async read({ id }: { id: number }) {
      const row = (await kept.read(db)).find((it) => it.id === id);
      return found(row, kept.noun, id);
    },
    async change(input: { id: number } & { [P in keyof V]?: V[P] | undefined }) {
      const { id, ...values } = input;
      const row = await change(dependencies, (tx) => kept.change(tx, id, given(values) as Partial<V>));
      return isRefusal(row) ? row : found(row, kept.noun, id);
    },
    async remove({ id }: { id: number }) {
      const row = await change(dependencies, (tx) => kept.remove(tx, id));
      return isRefusal(row) ? row : found(row, kept.noun, id);
    },
  };
}
