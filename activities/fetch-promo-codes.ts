import { activityInfo, Context } from '@temporalio/activity';
import { importCodes } from '../src/db/commands/promo-codes';
import { findPool, type PoolRow } from '../src/db/queries/promo-code-pools';
import {
  type CodesToFetch,
  type FetchedCodes,
  fetchAttempts,
  readRemoteCodes,
} from '../src/domain/promo-code-pool';
import type { ActivityContext } from './index';

const timeoutMs = 3_000;
const maxBytes = 4_194_304;
const mostCodes = 10_000;

/**
 * Asks the remote service of a pool for codes and adds them; undefined if there is no such pool. What it came
 * to is answered, also that the service did not answer.
 */
export function createFetchPromoCodes({ db, clock, ask, log }: ActivityContext) {
  return async function fetchPromoCodes(input: CodesToFetch): Promise<FetchedCodes | undefined> {
    const pool = await findPool(db, input.pool_id);
    if (!pool) return undefined;
    if (pool.remote_url === null) return { problem: 'the pool has no remote_url' };
    const codes = await codesFrom(pool.remote_url, pool, input);
    if ('problem' in codes) {
      log.warn({ pool: pool.id, problem: codes.problem }, 'promo codes could not be fetched');
      return codes;
    }
    const outcomes = await importCodes(db, pool, codes, clock());
    const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
    return {
      fetched: codes.length,
      inserted: count('inserted'),
      duplicated: count('duplicated'),
      discarded_by_limit: count('discarded'),
    };
  };

  async function codesFrom(url: string, pool: PoolRow, { count, request_id }: CodesToFetch) {
    const { cancellationSignal: signal } = Context.current();
    try {
      const answer = await ask(
        url,
        { request_id, pool: pool.external_id, count },
        { signal, timeoutMs, maxBytes },
      );
      return readRemoteCodes(answer, mostCodes);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.name !== 'UnfitAnswer' && activityInfo().attempt < fetchAttempts) throw error;
      return { problem: error.message };
    }
  }
}
