import { endpoint } from '../../src/contract/endpoint';
import { amount, object, points, text } from '../../src/contract/fields';
import { matching } from '../../src/contract/matching';
import { request } from '../../src/contract/request';
import { refuse } from '../../src/domain/refusal';
import { type Context, implement } from '../../src/http/handler';

const give = endpoint({
  path: '/give',
  family: 'loyalty',
  scope: null,
  summary: '',
  description: '',
  request: request({ amount: amount(), note: text(10) }, { matching: matching() }),
  response: object({ data: object({ balance: points() }) }),
  refusals: ['points_spent'],
  examples: [],
});

const context = {} as Context;

it('lets the compiler check requests, answers and refusals of a handler', async () => {
  const [implemented] = implement(
    { give },
    {
      give: async ({ amount, matching }) => {
        if (matching.by === 'email') return { data: { balance: `${amount} ${matching.email}` } };
        return refuse('points_spent', { transaction: amount });
      },
    },
  );
  const answer = await implemented?.handler(
    { amount: '5', matching: { by: 'email', email: 'a@b' } },
    context,
  );
  expect(answer).toEqual({ data: { balance: '5 a@b' } });

  // @ts-expect-error: the endpoint does not list eid_reused
  implement({ give }, { give: async () => refuse('eid_reused', { transaction_eid: '' }) });
  // @ts-expect-error: balance is text
  implement({ give }, { give: async () => ({ data: { balance: 5 } }) });
  // @ts-expect-error: the endpoint has no handler
  implement({ give }, {});
});
