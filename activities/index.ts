import type { Pool } from 'pg';
import { createExpirePoints } from './expire-points';
import { createPost } from './post';
import { createSettle } from './settle';

/** What activities need from the process they run in. */
export interface ActivityContext {
  db: Pool;
  /** Now, as RFC 3339 UTC. */
  clock(): string;
  log: Log;
}

interface Log {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export function createActivities(context: ActivityContext) {
  return {
    expirePoints: createExpirePoints(context),
    post: createPost(context),
    settle: createSettle(context),
  };
}

export type Activities = ReturnType<typeof createActivities>;
