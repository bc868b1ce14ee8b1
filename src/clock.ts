/** The service's time; in production it is the machine's. */
export interface Clock {
  now(): Date;
}

export const machineClock: Clock = { now: () => new Date() };

/** A clock that can be moved forward, for trying things out in the embedded start. It never goes back. */
export interface TestClock extends Clock {
  /** Seconds it is ahead of the machine's clock. */
  aheadSec(): number;
  /** Moves it to a moment; false, and nothing moved, if that is not in its future. */
  moveTo(moment: Date): Promise<boolean>;
}
