import type { adminGoodsSegments } from '../../../contract/admin/market-settings';
import { changeSegmentGoods } from '../../../db/commands/goods-segments';
import { listSegmentGoods, readSegmentStatus } from '../../../db/queries/goods';
import { isRefusal, refuse } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import type { Dependencies } from '../target';
import { change, found } from './change';

const noun = 'Segment of goods';
const defaultLimit = 100;

type Own = Pick<Handlers<typeof adminGoodsSegments>, 'goods' | 'changeGoods' | 'calculate' | 'status'>;

/** What is asked of segments of goods beyond their settings. */
export function createSegmentGoodsHandlers(dependencies: Dependencies): Own {
  const { db, catalog, gateway } = dependencies;
  return {
    async goods({ external_id, after = 0, limit = defaultLimit }) {
      const segment = catalog.market().segments.get(external_id);
      if (!segment) return found(undefined, noun, external_id);
      const rows = await listSegmentGoods(db, external_id, after, limit + 1);
      const items = rows.slice(0, limit);
      return { items, next_after: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async changeGoods({ external_id, add = [], remove = [] }) {
      const done = await change(dependencies, (tx) => changeSegmentGoods(tx, external_id, { add, remove }));
      return isRefusal(done) ? done : found(done, noun, external_id);
    },

    async calculate({ external_id }) {
      const segment = catalog.market().segments.get(external_id);
      if (!segment) return found(undefined, noun, external_id);
      const result = await gateway.calculateSegment(external_id);
      const problem = 'only an updatable segment whose time is not over is calculated';
      return result ?? refuse('conflict', { problem });
    },

    async status({ external_id }) {
      return found(await readSegmentStatus(db, external_id), noun, external_id);
    },
  };
}
