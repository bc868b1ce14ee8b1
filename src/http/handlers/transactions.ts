import { uuidv7 } from 'uuidv7';
import type { transactions } from '../../contract/transactions';
import { type FoundTransaction, findByEid, findById } from '../../db/queries/transactions';
import { toFixedScale } from '../../domain/amount';
import type { Access } from '../../domain/catalog';
import type { Settled } from '../../domain/outcome';
import { isRefusal, type Refusal, refuse } from '../../domain/refusal';
import type { Handlers } from '../handler';
import type { Dependencies } from './target';

interface Keys {
  transaction_id: string | undefined;
  transaction_eid: string | undefined;
}
type Ended = Extract<Settled, { balance: string }>;
type LookupRefusal = Refusal<'transaction_not_found' | 'ids_disagree' | 'eid_ambiguous'>;

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function createTransactionHandlers({
  db,
  catalog,
  gateway,
}: Dependencies): Handlers<typeof transactions> {
  return {
    async commit(input, { access }) {
      const found = await find(input, access);
      if (isRefusal(found)) return found;
      const ended = await settle(found, 'commit');
      if (isRefusal(ended)) return ended;
      const transaction = found.transaction_id;
      if (ended.canceled) return refuse('already_canceled', { transaction });
      if (ended.state === 'committed') return answer(found, ended);
      return refuse(ended.state === 'timed_out' ? 'already_timed_out' : 'already_rolled_back', {
        transaction,
      });
    },

    async rollback(input, { access }) {
      const found = await find(input, access);
      if (isRefusal(found)) return found;
      const ended = await settle(found, 'rollback');
      if (isRefusal(ended)) return ended;
      if (ended.state !== 'committed') return answer(found, ended);
      return refuse('already_committed', { transaction: found.transaction_id });
    },

    async cancel(input, { access }) {
      const found = await find(input, access);
      if (isRefusal(found)) return found;
      const forbidden = found.canceled ? undefined : refuseInactive(found);
      if (forbidden) return forbidden;
      if (found.state === 'open') await gateway.signalHold(found.transaction_id, 'cancel');
      const outcome = await gateway.post({
        verb: 'cancel',
        ...accountOf(found),
        transaction_id: uuidv7(),
        target_id: found.transaction_id,
        source_type: 'api',
        source_sid: access.tokenName,
      });
      return isRefusal(outcome) ? outcome : answer(found, outcome);
    },
  };

  /** The transaction both ids denote, among the programs the token may use. */
  async function find(keys: Keys, access: Access): Promise<FoundTransaction | LookupRefusal> {
    const programs = access.programIds === null ? null : [...access.programIds];
    const { transaction_id: id, transaction_eid: eid } = keys;
    const byId = id === undefined || !uuidForm.test(id) ? [] : await findById(db, id, programs);
    const byEid = eid === undefined ? [] : await findByEid(db, eid, programs);
    if (id !== undefined && byId.length === 0) return refuse('transaction_not_found', { transaction: id });
    if (eid !== undefined && byEid.length === 0) {
      return refuse('transaction_not_found', { transaction: `"${eid}"` });
    }
    if (byId[0] && eid !== undefined && !byEid.some((row) => denoteSame(row, byId[0] as FoundTransaction))) {
      return refuse('ids_disagree', {});
    }
    const [found, second] = byId.length > 0 ? byId : byEid;
    if (second) return refuse('eid_ambiguous', { transaction_eid: eid ?? '' });
    return found as FoundTransaction;
  }

  /** How the hold has ended, or ends now: by its workflow, or by the ledger alone if that is gone. */
  async function settle(
    found: FoundTransaction,
    wish: 'commit' | 'rollback',
  ): Promise<Ended | Refusal<'transaction_not_temporary' | 'transaction_not_found' | 'program_inactive'>> {
    const { state, canceled, transaction_id } = found;
    if (state === null) return refuse('transaction_not_temporary', { transaction: transaction_id });
    if (state !== 'open') {
      const balance = found.settled_balance ?? '0';
      return { state, canceled, transaction_id: found.committed_as ?? transaction_id, balance };
    }
    const forbidden = refuseInactive(found);
    if (forbidden) return forbidden;
    const settled =
      (await gateway.signalHold(transaction_id, wish)) ??
      (await gateway.post({ verb: 'settle', ...accountOf(found), target_id: transaction_id, wish }));
    if (isRefusal(settled) || settled.state === 'never_opened') {
      return refuse('transaction_not_found', { transaction: transaction_id });
    }
    return settled;
  }

  /** A program that is switched off is not written to; what was done before can still be asked for. */
  function refuseInactive({ program_id }: FoundTransaction) {
    if (catalog.program(program_id)?.isActive) return undefined;
    return refuse('program_inactive', { program: program_id });
  }

  function answer(
    found: FoundTransaction,
    { transaction_id, balance }: { transaction_id: string; balance: string },
  ) {
    const currency = catalog.currency(found.program_id, { iid: found.currency_iid });
    return { data: { transaction_id, balance: toFixedScale(balance, currency?.scale ?? 0) } };
  }
}

/** A committed temporary accrual lives on under a new id; its caller's id denotes both. */
function denoteSame(byEid: FoundTransaction, byId: FoundTransaction): boolean {
  return byId.transaction_id === byEid.transaction_id || byId.transaction_id === byEid.committed_as;
}

function accountOf({ program_id, member_id, currency_iid }: FoundTransaction) {
  return { program_id, member_id, currency_iid };
}
