import { uuidv7 } from 'uuidv7';
import { findBalance } from '../../src/db/queries/account';
import type { Accrue } from '../../src/domain/operation';
import type { Outcome } from '../../src/domain/outcome';
import { TemporalUnavailable } from '../../src/gateway';
import { currencyIid, enrolIn, programId, seedProgram } from '../support/ledger';
import { type Backend, startBackend, startWorkerApart } from '../support/service';

let backend: Backend;
let memberId: string;

beforeAll(async () => {
  backend = await startBackend({ requestTimeoutMs: 20_000 }, { withoutWorker: true });
  await seedProgram(backend.pool);
  memberId = await enrolIn(backend.pool);
});
afterAll(() => backend.close());

const account = () => ({
  program_id: programId,
  member_id: memberId,
  currency_iid: currencyIid,
  source_type: 'api' as const,
});

function accrual(): Accrue {
  const transactionId = uuidv7();
  return {
    verb: 'accrue',
    ...account(),
    transaction_id: transactionId,
    transaction_eid: `eid-${transactionId}`,
    request_hash: 'same',
    amount: '1',
  };
}

/** As a client does that gets 503: the same transaction_eid again, under another id of ours. */
async function insist(operation: Accrue): Promise<Outcome<Accrue>> {
  try {
    return await backend.gateway.post(operation);
  } catch (error) {
    if (error instanceof TemporalUnavailable) return insist({ ...operation, transaction_id: uuidv7() });
    throw error;
  }
}

test('postings and holds outlive workers killed in the middle of their work', async () => {
  let worker = await startWorkerApart(backend.config);
  const holdIds: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    const operation = {
      ...accrual(),
      temp_until: new Date(Date.now() + 600_000).toISOString(),
    };
    holdIds.push(operation.transaction_id);
    await backend.gateway.openHold(operation, {
      program: 'p',
      member: 'm',
      currency: 'stars',
      amount: '1.00',
    });
  }

  let answered = 0;
  const postings = Array.from({ length: 400 }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, index * 5));
    const outcome = await insist(accrual());
    answered += 1;
    return outcome;
  });
  const settled = holdIds.map((id) => backend.gateway.signalHold(id, 'commit'));
  while (answered < 40) await new Promise((resolve) => setTimeout(resolve, 5));
  await worker.kill();
  worker = await startWorkerApart(backend.config);
  const before = answered;
  while (answered < before + 40) await new Promise((resolve) => setTimeout(resolve, 5));
  await worker.kill();
  worker = await startWorkerApart(backend.config);

  for (const outcome of await Promise.all(postings)) expect(outcome).toHaveProperty('balance_after');
  for (const end of await Promise.all(settled)) expect(end).toMatchObject({ state: 'committed' });
  const now = new Date().toISOString();
  expect(await findBalance(backend.pool, memberId, currencyIid, now)).toMatchObject({ active: '405.0000' });
  await worker.kill();
}, 120_000);
