import { uuidv7 } from 'uuidv7';
import { postOperations } from '../../src/db/ledger';
import { currencyIid, type LedgerBench, openLedger, programId } from '../support/ledger';

let ledger: LedgerBench;
beforeAll(async () => {
  ledger = await openLedger();
  const account = { program_id: programId, member_id: await ledger.enrol(), currency_iid: currencyIid };
  const accrual = { verb: 'accrue', ...account, transaction_id: uuidv7(), amount: '10' } as const;
  const words = { description: 'For Ann', external_data: { name: 'Ann' } };
  const at = '2030-01-01T00:00:00Z';
  await postOperations(ledger.pool, [{ ...accrual, ...words, source_type: 'api' }], at, 'test');
});
afterAll(() => ledger.close());

test.each([
  'update ledger.postings set amount = 11',
  'update ledger.postings set source_sid = null, external_data = null, written_by = $$$$',
  `update ledger.postings set external_data = '{"name": "Bob"}'`,
  `update ledger.postings set external_data = '{}'`,
  `update ledger.postings set description = 'For Bob'`,
  'delete from ledger.postings',
  'truncate ledger.postings',
])('%s is refused', async (statement) => {
  await expect(ledger.pool.query(statement)).rejects.toMatchObject({ code: 'LP001' });
});

test('what a caller wrote may be erased, and nothing else changes by it', async () => {
  const read = async () =>
    (
      await ledger.pool.query(
        `select to_jsonb(p) - '{external_data,description}'::text[] as rest from ledger.postings p`,
      )
    ).rows;
  const before = await read();
  await ledger.pool.query(`update ledger.postings set external_data = null, description = ''`);
  expect(await read()).toEqual(before);
  const { rows } = await ledger.pool.query('select external_data, description from ledger.postings');
  expect(rows).toEqual([{ external_data: null, description: '' }]);
});
