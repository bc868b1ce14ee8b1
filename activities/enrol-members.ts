import { activityInfo, Context } from '@temporalio/activity';
import { uuidv7 } from 'uuidv7';
import { forgetConsidered, forgetUnwanted, recordSweep } from '../src/db/commands/enrolment';
import { postOperations } from '../src/db/ledger';
import { findSweep, listCandidates, listUnconsidered } from '../src/db/queries/enrolment';
import { type Admission, admissionTo, enrolment } from '../src/domain/enrolment';
import type { ProfileRecord } from '../src/domain/profile-facts';
import type { ActivityContext } from './index';

/** Profiles per database transaction: the locks of one batch are held for a fraction of a second. */
const profilesPerBatch = 250;
const batchesPerActivity = 400;

/** How far going through all profiles of a database has come, and by which rule. */
interface Position {
  rule: string;
  after: string;
}

export interface Enrolled {
  considered: number;
  registered: number;
  /** Where to go on; absent when everybody was considered. */
  position?: Position;
}

interface Candidate extends ProfileRecord {
  is_known: boolean;
}

/**
 * Registers those whom a program takes in by itself: first the profiles noted when they were written, then,
 * if the settings are others than at the last time, all profiles of the database. Safe to repeat at any
 * point. Heartbeats with how far it has come.
 */
export function createEnrolMembers({ db, catalog, clock }: ActivityContext) {
  return async function enrolMembers(input: { program_id: number; position?: Position }): Promise<Enrolled> {
    const run = new Run(input.position);
    await catalog.refresh();
    const program = catalog.program(input.program_id);
    if (!program) return run.done();
    const segment = program.segmentId === null ? undefined : catalog.segment(program.segmentId);
    const admission = admissionTo(program, segment, clock());
    if (!admission) {
      await forgetUnwanted(db, program.databaseId);
      return run.done();
    }
    await considerNoted(admission, run);
    return (await findSweep(db, program.id))?.rule === admission.rule ? run.done() : sweep(admission, run);
  };

  async function considerNoted(admission: Admission, run: Run): Promise<void> {
    const { program, programVersion, segmentVersion } = admission;
    let after = '';
    for (;;) {
      const rows = await listUnconsidered(db, program.id, program.databaseId, after, profilesPerBatch);
      const last = rows.at(-1);
      if (!last) return;
      await register(admission, rows, run);
      const [ids, turns] = [rows.map(({ profile_id }) => profile_id), rows.map(({ turn }) => turn)];
      await forgetConsidered(db, program.databaseId, program.id, programVersion, segmentVersion, ids, turns);
      after = last.profile_id;
      run.beat();
    }
  }

  async function sweep(admission: Admission, run: Run): Promise<Enrolled> {
    const { program, rule } = admission;
    let after = run.startOf(rule);
    for (let batch = 0; batch < batchesPerActivity; batch += 1) {
      const rows = await listCandidates(db, program.id, program.databaseId, after, profilesPerBatch);
      await register(admission, rows, run);
      const last = rows.at(-1);
      if (!last || rows.length < profilesPerBatch) {
        await recordSweep(db, program.id, rule, clock());
        return run.done();
      }
      after = last.profile_id;
      run.beat({ rule, after });
    }
    return run.done({ rule, after });
  }

  async function register(admission: Admission, rows: readonly Candidate[], run: Run): Promise<void> {
    const wanted = rows.filter((row) => !row.is_known && admission.admits(row));
    const operations = wanted.map(({ profile_id }) => enrolment(admission.program.id, profile_id, uuidv7()));
    const { workflowExecution, activityId } = activityInfo();
    const origin = workflowExecution?.workflowId ?? activityId;
    const outcomes = operations.length > 0 ? await postOperations(db, operations, clock(), origin) : [];
    run.count(rows.length, outcomes.filter((it) => 'registered' in it && it.registered).length);
  }
}

/** What one activity has done so far; an attempt goes on where a killed one was seen last. */
class Run {
  #considered = 0;
  #registered = 0;
  readonly #from: Position | undefined;

  constructor(position: Position | undefined) {
    const seen = activityInfo().heartbeatDetails as Enrolled | undefined;
    this.#considered = seen?.considered ?? 0;
    this.#registered = seen?.registered ?? 0;
    this.#from = seen?.position ?? position;
  }

  startOf(rule: string): string {
    return this.#from?.rule === rule ? this.#from.after : '';
  }

  count(considered: number, registered: number): void {
    this.#considered += considered;
    this.#registered += registered;
  }

  done(position?: Position): Enrolled {
    const counts = { considered: this.#considered, registered: this.#registered };
    return position ? { ...counts, position } : counts;
  }

  beat(position?: Position): void {
    Context.current().heartbeat(this.done(position ?? this.#from));
    Context.current().cancellationSignal.throwIfAborted();
  }
}
