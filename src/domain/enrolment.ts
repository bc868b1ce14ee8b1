import type { Program } from './catalog';
import type { Register } from './operation';
import { dayIn, type ProfileRecord } from './profile-facts';
import { inSegment, type Segment } from './segment';

/** How profiles become members of a program by themselves, at one moment. */
export interface Admission {
  readonly program: Program;
  /** Versions of what it was made from: whoever decided by it may have to decide again if they change. */
  readonly programVersion: string;
  readonly segmentVersion: string | null;
  /** Differs whenever profiles that did not change may have to be considered again. */
  readonly rule: string;
  admits(profile: ProfileRecord): boolean;
}

/** What a program says of profiles at a moment (RFC 3339); undefined: nobody joins by itself. */
export function admissionTo(
  program: Program,
  segment: Segment | undefined,
  at: string,
): Admission | undefined {
  if (!program.isActive || program.participation === 'manual') return undefined;
  const programVersion = program.updatedAt;
  const base = { program, programVersion };
  if (program.participation === 'all') {
    return { ...base, segmentVersion: null, rule: programVersion, admits: () => true };
  }
  if (!segment) return undefined;
  const goesByDay = segment.asks.some((name) => name.includes('.'));
  const day = goesByDay ? ` ${dayIn(segment.timezone, at)}` : '';
  const rule = `${programVersion} ${segment.updatedAt}${day}`;
  return { ...base, segmentVersion: segment.updatedAt, rule, admits: inSegment(segment, at) };
}

/** The operation by which a profile becomes a member by itself: the first time only. */
export function enrolment(programId: number, profileId: string, transactionId: string): Register {
  return {
    verb: 'register',
    transaction_id: transactionId,
    program_id: programId,
    profile_id: profileId,
    only_first: true,
  };
}
