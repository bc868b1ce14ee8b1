import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { posted } from './answers';
import { currencyCases, memberCases, noTime, programCases } from './common-cases';
import type { Backend } from './service';
import type { Case, World } from './spec';
import { type Json, Verbatim } from './wire';

type Cases = Record<string, Case>;

const expectedAmount = 'expected a positive decimal string such as "100.50"';

const amounts: Cases = Object.fromEntries(
  Object.entries({
    abc: 'abc',
    NaN: 'NaN',
    Infinity: 'Infinity',
    'with an exponent': '1e2',
    'with a minus': '-5',
    'with a plus': '+5',
    'with a comma': '1,5',
    'with a space': '1 000',
    'without digits before the point': '.5',
    'without digits after the point': '5.',
    'in hexadecimal': '0x10',
    zero: '0',
    'zero with decimals': '0.00',
    'of 21 digits': '123456789012345678901',
  }).map(([name, amount]) => [
    `an amount ${name}`,
    { request: { amount }, refuses: 'bad_request', text: `amount: ${expectedAmount}, got "${amount}"` },
  ]),
);

const numbers: Cases = Object.fromEntries(
  ['-5', '1e2', '1E+2', '0', '0.00', '123456789012345678901'].map((text) => [
    `an amount that is the number ${text}`,
    {
      request: { amount: new Verbatim(text) },
      only: 'json',
      refuses: 'bad_request',
      text: `amount: ${expectedAmount}, got ${text}`,
    },
  ]),
);

const otherAmounts: Cases = {
  'no amount': { request: { amount: undefined }, refuses: 'bad_request', text: 'amount: is required' },
  'an amount that is null': {
    request: { amount: null },
    refuses: 'bad_request',
    text: 'amount: is required',
  },
  'an empty amount': {
    request: { amount: '' },
    refuses: 'bad_request',
    text: /^amount: (is required|expected a positive decimal string such as "100.50", got "")$/,
  },
  'an amount that is true': {
    request: { amount: true },
    refuses: 'bad_request',
    text: /^amount: expected a positive decimal string such as "100.50", got ("true"|true)$/,
  },
  'an amount that is a list': {
    request: { amount: ['5'] },
    only: 'json',
    refuses: 'bad_request',
    text: `amount: ${expectedAmount}, got a list`,
  },
  'an amount that is there twice': {
    request: { amount: ['5', '5'] },
    only: 'xml',
    refuses: 'bad_request',
    text: 'malformed XML: <amount> is repeated in <xml>',
  },
  'an amount of elements': {
    request: { amount: new Verbatim('<value>5</value>') },
    only: 'xml',
    refuses: 'bad_request',
    text: `amount: ${expectedAmount}, got an object`,
  },
  'an amount with more decimals than the currency': {
    request: { amount: '1.005' },
    refuses: 'amount_scale',
    text: 'amount: "1.005" has more decimals than "stars" allows (2)',
  },
  'an amount with decimals in a currency without': {
    program: 4,
    request: { amount: '1.5' },
    refuses: 'amount_scale',
    text: 'amount: "1.5" has more decimals than "coins" allows (0)',
  },
};

const temporary: Cases = {
  'is_temp that is no flag': {
    request: { is_temp: 'yes' },
    refuses: 'bad_request',
    text: 'is_temp: expected true or false, got "yes"',
  },
  'is_temp that is 1': {
    request: { is_temp: 1 },
    refuses: 'bad_request',
    text: /^is_temp: expected true or false, got "?1"?$/,
  },
  'temp_timeout_sec without is_temp': {
    request: { temp_timeout_sec: 60 },
    refuses: 'bad_request',
    text: 'temp_timeout_sec: is allowed only with is_temp=true',
  },
  'temp_timeout_sec with is_temp=false': {
    request: { is_temp: false, temp_timeout_sec: 60 },
    refuses: 'bad_request',
    text: 'temp_timeout_sec: is allowed only with is_temp=true',
  },
  ...Object.fromEntries(
    [0, -60].map((seconds) => [
      `temp_timeout_sec ${seconds}`,
      {
        request: { is_temp: true, temp_timeout_sec: seconds },
        refuses: 'bad_request',
        text: `temp_timeout_sec: expected an integer from 1 to 2147483647, got ${seconds}`,
      } satisfies Case,
    ]),
  ),
  'temp_timeout_sec with decimals': {
    request: { is_temp: true, temp_timeout_sec: 1.5 },
    refuses: 'bad_request',
    text: /^temp_timeout_sec: expected an integer from 1 to 2147483647, got "?1.5"?$/,
  },
  'temp_timeout_sec above the maximum of the program': {
    request: { is_temp: true, temp_timeout_sec: 100_001 },
    refuses: 'bad_request',
    text: 'temp_timeout_sec: expected at most 100000, got 100001',
  },
};

const dates: Cases = {
  ...Object.fromEntries(
    ['yesterday', '2026-02-30T00:00:00Z', '2026-02-01', '2026-02-01T10:00:00', '2026-02-01 10:00:00Z'].map(
      (created_at) => [
        `created_at ${created_at}`,
        {
          request: { created_at },
          refuses: 'bad_request',
          text: noTime('created_at', created_at),
        } satisfies Case,
      ],
    ),
  ),
  'created_at in the future': {
    request: { created_at: '2999-01-01T00:00:00+03:00' },
    refuses: 'bad_request',
    text: 'created_at: expected a time not in the future, got 2998-12-31T21:00:00Z',
  },
  'created_at that is a number': {
    request: { created_at: 1735689600 },
    refuses: 'bad_request',
    text: /^created_at: expected an RFC 3339 time such as "2025-03-01T08:00:00Z", got "?1735689600"?$/,
  },
};

const externalData: Cases = {
  'external_data that is text': {
    request: { external_data: 'till 3' },
    refuses: 'bad_request',
    text: 'external_data: expected an object, got "till 3"',
  },
  'external_data that is a list': {
    request: { external_data: [{ till: 3 }] },
    only: 'json',
    refuses: 'bad_request',
    text: 'external_data: expected an object, got a list',
  },
  'external_data that is malformed JSON text': {
    request: { external_data: new Verbatim('{"till":') },
    only: 'xml',
    refuses: 'bad_request',
    text: 'external_data: expected an object, got "{\\"till\\":"',
  },
  'external_data above 64 KiB': {
    request: { external_data: { note: 'x'.repeat(65_536) } },
    refuses: 'bad_request',
    text: 'external_data: expected at most 65536 bytes of JSON, got 65547',
  },
  'external_data with a number no double can hold': {
    request: { external_data: new Verbatim('{"a":{"b":[1,12345678901234567890]}}') },
    refuses: 'bad_request',
    text: 'external_data.a.b[1]: expected a number that fits a double, or text, got 12345678901234567890',
  },
};

const otherFields: Cases = {
  ...Object.fromEntries(
    ['transaction_eid', 'promotion_id'].map((field) => [
      `${field} of 256 characters`,
      {
        request: { [field]: 'x'.repeat(256) },
        refuses: 'bad_request',
        text: `${field}: expected text of 1 to 255 characters, got "${'x'.repeat(60)}…"`,
      } satisfies Case,
    ]),
  ),
  'a promotion_id that is no text': {
    request: { promotion_id: 2 },
    only: 'json',
    refuses: 'bad_request',
    text: 'promotion_id: expected text of 1 to 255 characters, got 2',
  },
  'several fields at once': {
    request: { amount: 'abc', is_temp: 'no', created_at: 'now' },
    refuses: 'bad_request',
    text:
      `amount: ${expectedAmount}, got "abc"; is_temp: expected true or false, got "no"; ` +
      noTime('created_at', 'now'),
  },
};

const promotions: Cases = {
  'an unknown promotion': {
    request: { promotion_id: 'nothing' },
    refuses: 'promotion_not_found',
    text: 'Promotion "nothing" not found in loyalty program 1',
  },
  'a promotion of another program, by its id': {
    request: { promotion_id: '21' },
    refuses: 'promotion_not_found',
    text: 'Promotion "21" not found in loyalty program 1',
  },
  'a promotion that is switched off': {
    request: { promotion_id: 'off' },
    refuses: 'promotion_inactive',
    text: 'Promotion "off" is switched off',
  },
  'a promotion that has ended': {
    request: { promotion_id: 'past' },
    refuses: 'promotion_out_of_dates',
    text: 'Promotion "past" does not run at this time',
  },
  'a promotion that has not begun': {
    request: { promotion_id: 'soon' },
    refuses: 'promotion_out_of_dates',
    text: 'Promotion "soon" does not run at this time',
  },
  'another amount than the static one': {
    request: { promotion_id: 'welcome', amount: '49.99' },
    refuses: 'amount_outside_rule',
    text: 'amount: 49.99 is outside the rule of promotion "welcome" (exactly 50.00)',
  },
  'another amount than the static one, within the bounds, in strict mode': {
    request: { promotion_id: 'boxed', amount: '20' },
    refuses: 'amount_outside_rule',
    text: 'amount: 20 is outside the rule of promotion "boxed" (exactly 50.00)',
  },
  'less than a promotion moves': {
    request: { promotion_id: 'gift', amount: '0.99' },
    refuses: 'amount_outside_rule',
    text: 'amount: 0.99 is outside the rule of promotion "gift" (1.00 to 1000.00)',
  },
  'more than a promotion moves': {
    request: { promotion_id: 'gift', amount: '1000.01' },
    refuses: 'amount_outside_rule',
    text: 'amount: 1000.01 is outside the rule of promotion "gift" (1.00 to 1000.00)',
  },
  'more than a promotion without minimum moves': {
    request: { promotion_id: 'cap', amount: '10.01' },
    refuses: 'amount_outside_rule',
    text: 'amount: 10.01 is outside the rule of promotion "cap" (at most 10.00)',
  },
  'an amount outside the bounds, in bounds mode': {
    program: 4,
    request: { promotion_id: 'boxed', amount: '101' },
    refuses: 'amount_outside_rule',
    text: 'amount: 101 is outside the rule of promotion "boxed" (10 to 100)',
  },
};

/** What accruals and redemptions refuse alike, and how they name people and currencies. */
export function postingCases(plain: Pick<Case, 'answers' | 'given'>): Cases {
  return {
    ...programCases,
    'a program that is switched off': {
      program: 2,
      refuses: 'program_inactive',
      text: 'Loyalty program 2 is switched off',
    },
    'a token that may only read': {
      request: { token: 'reader' },
      refuses: 'scope_missing',
      text: 'API token lacks the scope "loyalty_write"',
    },
    ...memberCases(plain),
    ...currencyCases(plain),
    'no currency where two would do': {
      program: 3,
      refuses: 'currency_needed',
      text: 'points_currency_eid or points_currency_iid is needed: program 3 has no single standard currency',
    },
    'a currency that is switched off': {
      program: 3,
      request: { points_currency_eid: 'second' },
      refuses: 'currency_inactive',
      text: 'Points currency "second" is switched off',
    },
    ...amounts,
    ...numbers,
    ...otherAmounts,
    ...temporary,
    ...dates,
    ...externalData,
    ...otherFields,
    ...promotions,
    'keys nobody knows': { ...plain, request: { till: 3, data: { lines: ['a'] }, is_active: 'maybe' } },
  };
}

/** The same transaction_eid with other content, each way content can differ; `first` posts with it, once. */
export function reusedKeyCases(path: string, first: (world: World) => Promise<void> = async () => {}): Cases {
  const changes: Record<string, Json> = {
    amount: { amount: '6' },
    promotion: { promotion_id: 'gift' },
    'business date': { created_at: '2024-01-01T00:00:00Z' },
    data: { external_data: { till: 4 } },
    permanence: { is_temp: true },
  };
  const cases = Object.entries(changes).map(([what, change]): [string, Case] => [
    `the same transaction_eid with another ${what}`,
    {
      given: async (world) => {
        await first(world);
        const body = { amount: '5', transaction_eid: uuidv7(), external_data: { till: 3 } };
        await world.ask(path, body);
        return { ...body, ...change };
      },
      refuses: 'eid_reused',
      text: (_, { transaction_eid }) =>
        `transaction_eid "${transaction_eid}" was used before with other content`,
    },
  ]);
  return Object.fromEntries(cases);
}

/** Switches a promotion off, and waits until the API knows. */
export async function switchOff({ pool }: Backend, promotion: string, ask: World['ask']): Promise<void> {
  await pool.query('update catalog.promotions set is_active = false where external_id = $1', [promotion]);
  for (;;) {
    const { data } = await ask('/loyalty/trigger_promotions', { is_active: false });
    if ((data as Json[]).some(({ external_id }) => external_id === promotion)) return;
    await pause(10);
  }
}

/**
 * A temporary transaction whose workflow has settled it before its row was posted: somebody holds up the
 * posting until then.
 */
export async function holdUpUntilTimeout({ backend, person, meanwhile }: World): Promise<Json> {
  const transaction_eid = uuidv7();
  const blocker = await backend.pool.connect();
  await blocker.query('begin');
  await blocker.query(`insert into ledger.keys values (1, $1, uuidv7(), 'held up')`, [transaction_eid]);
  const letGo = async () => {
    while ((await buried(backend, person.profile_id)) === 0) await pause(20);
    await blocker.query('rollback');
    blocker.release();
  };
  meanwhile(letGo());
  return { is_temp: true, temp_timeout_sec: 1, transaction_eid };
}

/** How many temporary transactions of somebody were settled before they were posted. */
async function buried({ pool }: Backend, profileId: string): Promise<number> {
  const { rowCount } = await pool.query(
    `select from ledger.holds h
     join ledger.accounts a using (account_id) join ledger.members m using (member_id)
     where m.profile_id = $1 and h.seq is null`,
    [profileId],
  );
  return rowCount ?? 0;
}

/** The answer of a plain accrual to a new member, for `postingCases`. */
export const plainAccrual: Pick<Case, 'answers'> = { answers: posted('0.00', '5.00') };
