import {
  channels,
  goodsSegments,
  type Kept,
  lineStatuses,
  marketFields,
  money,
  orderStatuses,
  regions,
  touchpoints,
} from '../../../db/commands/market-settings';
import { isRefusal } from '../../../domain/refusal';
import type { ApiHandlers } from '../../handler';
import type { Dependencies } from '../target';
import { type AdminDependencies, change, found, given, pageOf } from './change';
import { createSegmentGoodsHandlers } from './segment-goods';

type Subject =
  | 'adminChannels'
  | 'adminTouchpoints'
  | 'adminMoney'
  | 'adminRegions'
  | 'adminOrderStatuses'
  | 'adminLineStatuses'
  | 'adminMarketFields'
  | 'adminGoodsSegments';

/** The handlers of all market settings. */
export function createMarketSettingHandlers(dependencies: Dependencies): Pick<ApiHandlers, Subject> {
  const byExternalId = ({ external_id }: { external_id: string }) => external_id;
  return {
    adminChannels: handlersOf(dependencies, channels, byExternalId),
    adminTouchpoints: handlersOf(dependencies, touchpoints, byExternalId),
    adminMoney: handlersOf(dependencies, money, ({ code }: { code: string }) => code),
    adminRegions: handlersOf(dependencies, regions, byExternalId),
    adminOrderStatuses: handlersOf(dependencies, orderStatuses, byExternalId),
    adminLineStatuses: handlersOf(dependencies, lineStatuses, byExternalId),
    adminGoodsSegments: {
      ...handlersOf(dependencies, goodsSegments, byExternalId),
      ...createSegmentGoodsHandlers(dependencies),
    },
    adminMarketFields: handlersOf(
      dependencies,
      marketFields,
      ({ entity_type, external_id }: { entity_type: string; external_id: string }) =>
        `${entity_type}/${external_id}`,
    ),
  };
}

/**
 * How the five endpoints of a kind of setting are answered; `keyOf` takes its key from a path, `show` leaves
 * out of a row what is secret.
 */
export function handlersOf<V extends object, R extends V, K extends object>(
  dependencies: AdminDependencies,
  kept: Kept<V, R>,
  keyOf: (input: K) => string,
  show: (row: R) => R = (row) => row,
) {
  const { db } = dependencies;
  const answer = (row: R | undefined, key: string) => found(row && show(row), kept.noun, key);
  return {
    list: async (input: { after?: string | undefined; limit?: number | undefined }) =>
      pageOf(await kept.list(db), kept.keyOf, input, show),
    async create(values: V) {
      const row = await change(dependencies, (tx) => kept.create(tx, values));
      return isRefusal(row) ? row : show(row as R);
    },
    async read(input: K) {
      const key = keyOf(input);
      return answer(
        (await kept.list(db)).find((row) => kept.keyOf(row) === key),
        key,
      );
    },
    async change(input: K & { [P in keyof V]?: V[P] | undefined }) {
      const key = keyOf(input);
      const row = await change(dependencies, (tx) => kept.change(tx, key, given(input) as Partial<V>));
      return isRefusal(row) ? row : answer(row as R | undefined, key);
    },
    async remove(input: K) {
      const key = keyOf(input);
      const row = await change(dependencies, (tx) => kept.remove(tx, key));
      return isRefusal(row) ? row : answer(row as R | undefined, key);
    },
  };
}
