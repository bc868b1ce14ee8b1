import { isPublicAddress } from '../../src/webhooks/address';
import { createSender } from '../../src/webhooks/send';
import { openReceiver, type Receiver } from '../support/receiver';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await openReceiver();
});
afterAll(() => receiver.close());

const event = {
  event_id: '1-1',
  event_type: 'webhook_test',
  event_date: '2025-03-01T08:00:00Z',
  profile_id: '000000000000000000000000',
  list_id: 0,
  is_test: true,
  custom_data: {},
  event_data: {},
};
const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo='];
const limits = (timeoutMs = 5_000) => ({ signal: new AbortController().signal, timeoutMs });

test.each([
  ...['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '192.169.0.1', '100.63.0.1', '100.128.0.1'],
  ...['2606:4700:4700::1111', '2a00:1450:4001:81b::200e'],
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  ...['127.0.0.1', '127.255.0.9', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...['169.254.169.254', '100.64.0.1', '198.18.0.1', '203.0.113.9', '224.0.0.1', '255.255.255.255'],
  ...['::1', '::', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1'],
  ...['64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', '2001:db8::1', 'localhost', ''],
])('"%s" is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  ['https://127.0.0.1:PORT/', '127.0.0.1 is not a public address'],
  ['https://2130706433:PORT/', '127.0.0.1 is not a public address'],
  ['https://0x7f.1:PORT/', '127.0.0.1 is not a public address'],
  ['https://[::1]:PORT/', '::1 is not a public address'],
  ['https://[::ffff:127.0.0.1]:PORT/', '::ffff:7f00:1 is not a public address'],
  ['https://169.254.169.254/latest/meta-data', '169.254.169.254 is not a public address'],
  ['https://localhost:PORT/', /^(127\.0\.0\.1|::1) is not a public address$/],
  ['http://example.com/', 'https is needed'],
])('nothing is sent to %s unless private addresses are allowed', async (url, error) => {
  const before = receiver.arrivals.length;
  const target = url.replace('PORT', new URL(receiver.url).port);
  const attempt = await createSender(false)({ url: target, secrets }, event, limits());
  expect(attempt).toEqual({ delivered: false, status: null, error: expect.stringMatching(error) });
  expect(receiver.arrivals).toHaveLength(before);
});

test('any status but 2xx is a failure, and redirects are not followed', async () => {
  const send = createSender(true);
  for (const status of [200, 204, 301, 302, 400, 500]) {
    receiver.answer = () => status;
    const attempt = await send({ url: receiver.url, secrets }, event, limits());
    const delivered = status < 300;
    expect(attempt).toEqual({ delivered, status, error: delivered ? null : `HTTP status ${status}` });
  }
});

test('who does not answer, and who is not there', async () => {
  const send = createSender(true);
  receiver.answer = () => new Promise(() => {});
  expect(await send({ url: receiver.url, secrets }, event, limits(50))).toEqual({
    delivered: false,
    status: null,
    error: 'no answer in 50 ms',
  });
  const gone = await openReceiver();
  await gone.close();
  expect(await send({ url: gone.url, secrets }, event, limits())).toMatchObject({
    delivered: false,
    error: expect.stringContaining('ECONNREFUSED'),
  });
});
