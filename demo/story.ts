import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, readConfig } from '../src/config';
import { findWhereabouts } from '../src/embedded/whereabouts';

type Json = Record<string, unknown>;
interface Answer extends Json {
  error: number;
  data?: Json;
}

/** A chapter is a sentence; what was asked and answered follows it. */
const say = (line = '') => process.stdout.write(`${line}\n`);

/** `npm run demo`: plays a customer's story against the running service, and shows each request and answer. */
async function main(): Promise<void> {
  const config = readConfig();
  const running = await findWhereabouts(config);
  if (!running) throw new ConfigError('No service runs here: `npm start` it in another terminal first.');
  await tell(createStoryteller(running.apiUrl, config.demoToken));
}

async function tell({ ask, askInXml, run }: ReturnType<typeof createStoryteller>): Promise<void> {
  const ann = { loyalty_program_id: 1, matching: 'email', email: 'ann@example.com' };
  const stars = { ...ann, points_currency_eid: 'stars' };

  say('Ann joins the program. Doing it twice does no harm.');
  await ask('loyalty/register_member', ann);

  say('She fills in a form and gets the welcome points that the promotion promises.');
  await ask('loyalty/accrue_points', {
    ...ann,
    promotion_id: 'welcome',
    amount: '50',
    transaction_eid: `${run}-form`,
  });

  say('The till was not sure it got an answer, and asks again under the same id: nothing is doubled.');
  await ask('loyalty/accrue_points', {
    ...ann,
    promotion_id: 'welcome',
    amount: '50',
    transaction_eid: `${run}-form`,
  });

  say('She buys something, this time from a till that speaks XML.');
  await askInXml(
    'loyalty/accrue_points',
    `<xml><loyalty_program_id>1</loyalty_program_id><points_currency_eid>stars</points_currency_eid>` +
      `<amount>500.00</amount><external_data>{"till":3}</external_data>` +
      `<matching>email</matching><email>ann@example.com</email></xml>`,
  );

  say('The purchase counts towards her tier as well: she reaches silver, and its reward is paid at once.');
  await ask('loyalty/accrue_points', { ...ann, points_currency_eid: 'status', amount: '500' });
  await ask('loyalty/account/tiers', { ...ann, tiers_group_id: 1 });

  say('She pays with points.');
  await ask('loyalty/redeeme_points', { ...stars, amount: '100.50' });

  say('In the web shop, points are reserved while she thinks: they leave the active balance, not the total.');
  const hold = await ask('loyalty/redeeme_points', {
    ...stars,
    amount: '40.50',
    is_temp: true,
    temp_timeout_sec: 900,
    transaction_eid: `${run}-order`,
  });
  await ask('loyalty/account/balance', stars);

  say('She orders. (An operator could have sent the signal "commit" from the Temporal UI instead.)');
  await ask('loyalty/commit_transaction', { transaction_id: hold.data?.transaction_id });

  say('Another order is reserved for two seconds only, and she never comes back.');
  await ask('loyalty/redeeme_points', { ...stars, amount: '10', is_temp: true, temp_timeout_sec: 2 });
  await sleep(3_500);
  await ask('loyalty/account/balance', stars);

  say('The first order comes back: cancelling it returns exactly the points it took.');
  await ask('loyalty/cancel_transaction', { transaction_eid: `${run}-order` });

  say('Nobody spends more than there is.');
  await ask('loyalty/redeeme_points', { ...stars, amount: '1000000' });

  say('Points of the year to come that will lapse if she does not spend them, and the last of her history.');
  const nextYear = new Date(Date.now() + 400 * 86_400_000).toISOString();
  await ask('loyalty/account/expiring_points', {
    ...stars,
    date_from: new Date().toISOString(),
    date_to: nextYear,
  });
  const { total_count: total } = await ask('loyalty/account/transactions', { ...stars, limit: 3 });
  say(
    `That was the first page of ${total} transactions. The end; \`npm run check-ledger\` proves the books.`,
  );
}

function createStoryteller(url: string, token: string) {
  async function post(path: string, type: string, body: string): Promise<string> {
    const headers = { 'Content-Type': type, Authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/api/v1.1/${path}`, { method: 'POST', headers, body });
    return response.text();
  }
  async function ask(path: string, request: Json): Promise<Answer> {
    const answer: Answer = JSON.parse(await post(path, 'application/json', JSON.stringify(request)));
    show(path, JSON.stringify(request), JSON.stringify(answer, null, 2));
    return answer;
  }
  async function askInXml(path: string, request: string): Promise<void> {
    show(path, request, await post(path, 'application/xml', request));
  }
  return { ask, askInXml, run: `demo-${Date.now()}` };
}

function show(path: string, request: string, answer: string): void {
  say(`\n  → POST /api/v1.1/${path}\n    ${request}`);
  say(`  ← ${answer.replaceAll('\n', '\n    ')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
