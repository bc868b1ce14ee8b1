import { setImmediate } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import {
  addSimulation,
  advanceSimulation,
  failSimulation,
  finishSimulation,
  startSimulation,
} from '../src/db/commands/simulations';
import { findGoodsById } from '../src/db/queries/goods';
import {
  countPastUses,
  findCodePools,
  findPastCustomers,
  findPastOrders,
  listPastOrders,
  type PastPosition,
  type PastUses,
} from '../src/db/queries/past-orders';
import type { Program } from '../src/domain/catalog';
import { deliveryInTotals } from '../src/domain/checkout';
import type { KnownGoods } from '../src/domain/goods-facts';
import { channelOf, type Market } from '../src/domain/market';
import { checkoutAgain, type PastOrder, type PastSurroundings } from '../src/domain/past-order';
import type { Pricing } from '../src/domain/promotion/pricing';
import { moneyScale } from '../src/domain/promotion/whole';
import { Replay, replaySettings } from '../src/domain/replay';
import type { Simulated, SimulationTask } from '../src/domain/simulation';
import { beating } from './beating';
import type { ActivityContext } from './index';

/** Orders that are in memory at once. */
const ordersOfPage = 200;

/** What the heartbeats say. */
interface Progress {
  orders_read: number;
  orders_total: number | null;
}

/** Settings as they are when a simulation begins; they stay so until it ends. */
interface Settings {
  program: Program;
  market: Market;
  pricing: Pricing;
}

const gone = { problem: 'the simulation was deleted with its promotion, or has ended' };

/** The activities of a simulation. It only reads, page by page; whoever takes over begins again. */
export function createSimulatePromotion({
  db,
  catalog,
  clock,
}: Pick<ActivityContext, 'db' | 'catalog' | 'clock'>) {
  async function simulate(task: SimulationTask, progress: Progress): Promise<Simulated> {
    await addSimulation(db, task);
    await catalog.refresh();
    const { simulation_id, program_id, promotion_id, options } = task;
    const program = catalog.program(program_id);
    const pricing = catalog.pricing(program_id);
    if (!program || !pricing) return { problem: 'the program is gone' };
    const settings = { program, pricing, market: catalog.market() };
    const compared = replaySettings(pricing, promotion_id, options);
    if ('problem' in compared) return compared;
    const { orders, begin } = await findPastOrders(db, options);
    progress.orders_total = orders;
    if ((await startSimulation(db, simulation_id, orders)) === 0) return gone;
    const since = begin?.create_time ?? options.until;
    const replay = new Replay(compared, since);
    const uses = await countPastUses(db, compared.others, program.timezone, since);
    for await (const page of pagesOf(options, begin, orders)) {
      cancellationSignal().throwIfAborted();
      await replayPage(replay, settings, page, uses);
      progress.orders_read += page.length;
      if ((await advanceSimulation(db, simulation_id, progress.orders_read)) === 0) return gone;
    }
    const report = replay.report();
    if ((await finishSimulation(db, simulation_id, clock(), report)) === 0) return gone;
    return { orders: report.orders.read, touched: report.orders.touched };
  }

  /** No more than were counted, even if some came in between. */
  async function* pagesOf(options: SimulationTask['options'], begin: PastPosition | null, orders: number) {
    let position = begin;
    let left = orders;
    while (position && left > 0) {
      const page = await listPastOrders(db, options, position, Math.min(left, ordersOfPage));
      if (page.length === 0) return;
      yield page;
      left -= page.length;
      position = page.at(-1) ?? null;
    }
  }

  /** Between two orders, others of the process have their turn. */
  async function replayPage(
    replay: Replay,
    settings: Settings,
    page: readonly PastOrder[],
    uses: PastUses,
  ): Promise<void> {
    const { program, pricing } = settings;
    const goods = await findGoodsById(
      db,
      page.flatMap(({ lines }) => lines.map((line) => line.goods_id)),
    );
    const profileIds = page.flatMap(({ profile_id }) => profile_id ?? []);
    const customers = await findPastCustomers(db, program.id, profileIds);
    const codes = page.flatMap(({ answer }) => answer?.promo_codes.map(({ code }) => code) ?? []);
    const pools = await findCodePools(db, program.databaseId, codes);
    const usesBefore = await uses.of(profileIds);
    for (const order of page) {
      const surroundings = surroundingsOf(order, settings, goods, pools);
      const customer = customers.get(order.profile_id ?? '') ?? null;
      replay.add({
        order,
        checkout: checkoutAgain(order, customer, surroundings, pricing),
        delivery: deliveryInTotals(order, surroundings.scale),
        isOfMember: customer !== null,
        before: usesBefore(order.profile_id ?? ''),
      });
      await setImmediate();
    }
  }

  return {
    /** Replays orders without a promotion and with it, and stores what would have been different. */
    async simulatePromotion(task: SimulationTask): Promise<Simulated> {
      const progress: Progress = { orders_read: 0, orders_total: null };
      return beating(
        () => progress,
        () => simulate(task, progress),
      );
    },

    /** Ends a simulation that comes to no report. */
    async failSimulation(simulationId: string, problem: string): Promise<void> {
      await failSimulation(db, simulationId, clock(), problem);
    },
  };
}

function surroundingsOf(
  { id, endpoint, currency, lines }: PastOrder,
  { market, program }: Settings,
  goods: ReadonlyMap<number, KnownGoods>,
  pools: ReadonlyMap<string, number>,
): PastSurroundings {
  const channel = channelOf(market, endpoint);
  if (!channel) throw new Error(`Order ${id} came through a touchpoint that is not there`);
  const scale = market.currencies.get(currency)?.scale ?? moneyScale;
  return { channel, program, scale, pools, goods: lines.flatMap((line) => goods.get(line.goods_id) ?? []) };
}
