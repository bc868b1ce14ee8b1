import { coalesce, QueueFull } from '../src/coalesce';

/** A carrier whose batches return only when told to. */
function slowCarrier() {
  const batches: { items: string[]; finish(): void; fail(error: Error): void }[] = [];
  let notify = () => {};
  const carry = (items: string[]) =>
    new Promise<string[]>((resolve, reject) => {
      batches.push({ items, finish: () => resolve(items.map((item) => item.toUpperCase())), fail: reject });
      notify();
    });
  const arrival = async (count: number) => {
    while (batches.length < count) await new Promise<void>((resolve) => (notify = resolve));
  };
  return { batches, carry, arrival };
}

const limits = { lanes: 1, maxItems: 3, maxBytes: 10, maxWaiting: 6, bytesOf: (item: string) => item.length };

test('a lone item leaves at once; those that come while it is under way travel together', async () => {
  const { batches, carry, arrival } = slowCarrier();
  const send = coalesce({ ...limits, carry });
  const first = send('a');
  await arrival(1);
  const others = ['b', 'c'].map(send);
  batches[0]?.finish();
  await arrival(2);
  batches[1]?.finish();
  expect(await Promise.all([first, ...others])).toEqual(['A', 'B', 'C']);
  expect(batches.map(({ items }) => items)).toEqual([['a'], ['b', 'c']]);
});

test('a batch ends at its number of items, and before its number of bytes', async () => {
  const { batches, carry, arrival } = slowCarrier();
  const send = coalesce({ ...limits, carry, lanes: 9, maxWaiting: 99 });
  const sent = ['a', 'b', 'c', 'd', '12345', '1234567890123', 'e'].map(send);
  await arrival(4);
  for (const batch of batches) batch.finish();
  await Promise.all(sent);
  expect(batches.map(({ items }) => items)).toEqual([
    ['a', 'b', 'c'],
    ['d', '12345'],
    ['1234567890123'],
    ['e'],
  ]);
});

test('no more batches are under way than there are lanes', async () => {
  const { batches, carry, arrival } = slowCarrier();
  const send = coalesce({ ...limits, carry, lanes: 2, maxItems: 1 });
  const sent = ['a', 'b', 'c'].map(send);
  await arrival(2);
  expect(batches).toHaveLength(2);
  batches[1]?.finish();
  await arrival(3);
  for (const batch of batches) batch.finish();
  expect(await Promise.all(sent)).toEqual(['A', 'B', 'C']);
});

test('a failed batch fails its own items only, and frees its lane', async () => {
  const { batches, carry, arrival } = slowCarrier();
  const send = coalesce({ ...limits, carry });
  const first = send('a');
  await arrival(1);
  const second = send('b');
  batches[0]?.fail(new Error('lost'));
  await expect(first).rejects.toThrow('lost');
  await arrival(2);
  batches[1]?.finish();
  expect(await second).toBe('B');
});

test('a batch that comes back with too few results fails', async () => {
  const send = coalesce({ ...limits, carry: async () => [] });
  await expect(send('a')).rejects.toThrow('A batch of 1 came back with 0 results');
});

test('who finds the queue full is turned away', async () => {
  const { carry } = slowCarrier();
  const send = coalesce({ ...limits, carry, maxWaiting: 2 });
  void send('a');
  void send('b');
  await expect(send('c')).rejects.toThrow(QueueFull);
});
