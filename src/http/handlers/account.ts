import type { account } from '../../contract/account';
import { countHistory, findBalance, findPosition, listHistory, sumExpiring } from '../../db/queries/account';
import { listHeldTiers } from '../../db/queries/tiers';
import { toFixedScale, toTrimmed } from '../../domain/amount';
import { chooseCurrency, findCurrency } from '../../domain/catalog';
import { isRefusal, refuse } from '../../domain/refusal';
import type { Handlers } from '../handler';
import { type Dependencies, findAccount, findMemberOf, findProgram } from './target';

type HistoryRow = Awaited<ReturnType<typeof listHistory>>[number];

const defaultLimit = 20;
const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function createAccountHandlers(dependencies: Dependencies): Handlers<typeof account> {
  const { db, catalog } = dependencies;
  return {
    async balance(input, { access, now }) {
      const target = await findAccount(dependencies, access, input, chooseCurrency);
      if (isRefusal(target)) return target;
      const { iid, scale } = target.currency;
      const { total, active } = (await findBalance(db, target.member_id, iid, now)) ?? {
        total: '0',
        active: '0',
      };
      return {
        data: { total_balance: toFixedScale(total, scale), active_balance: toFixedScale(active, scale) },
      };
    },

    async history(input, { access }) {
      const target = await findAccount(dependencies, access, input, findCurrency);
      if (isRefusal(target)) return target;
      const { member_id } = target;
      const { iid } = target.currency;
      const after = input.from_id === undefined ? '0' : await positionOf(input.from_id, member_id, iid);
      if (after === undefined) return refuse('from_id_unknown', { from_id: input.from_id ?? '' });
      const limit = input.limit ?? defaultLimit;
      const [rows, { total }] = await Promise.all([
        listHistory(db, member_id, iid, after, limit + 1),
        countHistory(db, member_id, iid),
      ]);
      const page = rows.slice(0, limit);
      const isLast = rows.length === page.length;
      return {
        data: page.map(historyRow),
        next_from_id: isLast ? null : (page.at(-1)?.transaction_id ?? null),
        total_count: total,
      };
    },

    async expiringPoints(input, { access, now }) {
      const target = await findAccount(dependencies, access, input, findCurrency);
      if (isRefusal(target)) return target;
      const { iid, scale } = target.currency;
      const { date_from, date_to } = input;
      const { expiring } = await sumExpiring(db, target.member_id, iid, date_from, date_to, now);
      return { data: { expiring_points: toFixedScale(expiring, scale) } };
    },

    async tiers(input, { access }) {
      const program = findProgram(catalog, access, input.loyalty_program_id);
      if (isRefusal(program)) return program;
      const group = catalog.tierGroup(program.id, input.tiers_group_id);
      if (!group) return refuse('tier_group_not_found', { group: input.tiers_group_id, program: program.id });
      const member = await findMemberOf(dependencies, program, input.matching);
      if (isRefusal(member)) return member;
      const held = await listHeldTiers(db, member.member_id, group.id);
      return { data: held.map((tier) => ({ tiers_group_type: group.type, ...tier })) };
    },
  };

  async function positionOf(transactionId: string, memberId: string, currencyIid: number) {
    if (!uuidForm.test(transactionId)) return undefined;
    return (await findPosition(db, memberId, currencyIid, transactionId))?.seq;
  }
}

/** The keys in the order of the page, and amounts without trailing zeros as there (G-12). */
function historyRow({ temp_state, external_data, product_eid, sku_eid, canceled, ...row }: HistoryRow) {
  return {
    ...row,
    amount: toTrimmed(row.amount),
    balance_before: toTrimmed(row.balance_before),
    balance_after: toTrimmed(row.balance_after),
    source_iid: row.source_iid === null ? null : Number(row.source_iid),
    source_subiid: row.source_subiid === null ? null : Number(row.source_subiid),
    ...(temp_state !== null && { temp_state }),
    custom_json: external_data,
    product_eid,
    sku_eid,
    canceled,
  };
}
