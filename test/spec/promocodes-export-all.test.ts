import { promoCodes } from '../../src/contract/promo-codes';
import { codeOf, poolCases, pools } from '../support/promo-code-cases';
import { specify } from '../support/spec';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/);

specify(
  promoCodes.exportAll,
  {
    'every code, with what happened to it': {
      given: async (world) => {
        await world.backend.pool.query(
          `with freed as (delete from codes.holders), forgotten as (delete from codes.activations)
           update codes.codes set holders = 0, attached_at = null, uses = 0, activated_at = null,
             pool_id = case pool_id when ${pools.any} then ${pools.personal} else pool_id end`,
        );
        const [free = '', attached = '', used = ''] = ['z', 'b', 'a'].map((name) => codeOf(world, name));
        const loyalty_id = pools.any;
        await world.ask('/promocodes/import', { codes: [free, attached, used], loyalty_id });
        await world.ask('/promocodes/attach', { db_id: 1, code: attached, loyalty_id });
        await world.ask('/promocodes/attach', { db_id: 1, code: used, loyalty_id });
        await world.ask('/promocodes/activate', { code: used, loyalty_id });
        return { loyalty_id };
      },
      answers: ({ crm_id }) => ({
        data: [
          { code: expect.stringMatching(new RegExp(`^z-.*${crm_id}$`)) as unknown as string },
          { code: expect.stringMatching(new RegExp(`^b-.*${crm_id}$`)) as unknown as string, attached: time },
          {
            code: expect.stringMatching(new RegExp(`^a-.*${crm_id}$`)) as unknown as string,
            attached: time,
            activated: time,
          },
        ],
      }),
    },
    'a pool whose id is text, without a code': {
      request: { loyalty_id: '3' },
      answers: { data: [] },
    },
    'a token that may not read': {
      request: { token: 'stranger' },
      refuses: 'scope_missing',
      text: 'API token lacks the scope "loyalty_read"',
    },
    ...poolCases,
  },
  { loyalty_id: pools.personal },
);
