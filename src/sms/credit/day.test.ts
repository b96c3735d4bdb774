import { expect, onTestFinished, test } from 'vitest';
import { type CreditAccountPlan, createCreditOdoo } from '../../../fixtures/credit-odoo.ts';
import { createManualClock } from '../../../fixtures/manual-clock.ts';
import { startSmallServer } from '../../../fixtures/odoo-rpc-server.ts';
import { silentLog } from '../../log.ts';
import { createCreditWatch } from './credit-watch.ts';

const START_MS = Date.parse('2026-03-01T00:00:00Z');
const TICK_MS = 600_000;
const TICKS = 144;
const [MINUTES, HOUR, DAY] = [600, 3_600, 86_400];
const MINIMUM = 500;

/** Twenty accounts: five of each interval, the last two not watched. */
const PLANS: CreditAccountPlan[] = Array.from({ length: 20 }, (_, index) => ({
  id: index + 1,
  minimum: index >= 18 ? null : MINIMUM,
  intervalSeconds: [MINUTES, HOUR, 6 * HOUR, DAY][Math.floor(index / 5)] ?? DAY,
}));

/** The balance of an account at an hour of the day; most stay far above the minimum. */
function balanceOf(id: number, hour: number): number {
  // Falls all day by 50 an hour from 1,000, and is filled up at noon.
  if (id === 1) return hour < 12 ? 1_000 - 50 * hour : 1_500 - 50 * (hour - 12);
  // Stays exactly at the minimum.
  if (id === 2) return MINIMUM;
  // Stands below it in each odd hour.
  if (id === 3) return Math.floor(hour) % 2 === 1 ? MINIMUM - 0.01 : MINIMUM;
  // Is low from the beginning and stays so.
  if (id === 7) return 1;
  // Falls while nobody can ask, and is filled up before they can again.
  if (id === 6) return hour >= 2 && hour < 2.5 ? 0 : 900;
  return 1_000;
}

/** How GatewayAPI fails at an hour: away for half an hour for account 6, and a token that is refused for an hour. */
function faultOf(id: number, hour: number): 'away' | 'refused' | null {
  if (id === 6 && hour >= 2 && hour < 2.5) return 'away';
  return id === 11 && hour >= 6 && hour < 7 ? 'refused' : null;
}

/** A day, ten minutes at a time. `during` may do something before a run of the schedule, at this hour. */
async function liveThroughDay(during: (hour: number, world: World) => void = () => {}) {
  const clock = createManualClock(START_MS);
  const hourNow = () => (clock.nowMs() - START_MS) / 3_600_000;
  const calls = new Map<number, number>();
  const server = await startSmallServer((request, response) => {
    const id = Number(/token-(\d+)$/.exec(request.headers.authorization ?? '')?.[1]);
    calls.set(id, (calls.get(id) ?? 0) + 1);
    const fault = faultOf(id, hourNow());
    if (fault === 'away') return response.writeHead(503).end();
    if (fault === 'refused') return response.writeHead(401).end();
    return response.end(JSON.stringify({ id, credit: balanceOf(id, hourNow()).toFixed(2), currency: 'DKK' }));
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const odoo = createCreditOdoo(PLANS, { baseUrl: server.url, clock });
  const world = { odoo, reports: 0, failNextReport: false, restart: () => {} };
  const begin = () =>
    createCreditWatch({
      report: async (checks) => {
        world.reports += 1;
        const isLost = world.failNextReport;
        world.failNextReport = false;
        if (isLost) throw new Error('Odoo is away.');
        odoo.report(checks);
        // Odoo may have taken a report whose answer got lost: then it comes twice.
        odoo.report(checks);
      },
      ...{ isOpen: () => true, readAgain: () => {}, log: silentLog(), timeLimitMs: 20_000 },
    });
  let watch = begin();
  world.restart = () => {
    watch = begin();
  };
  for (let tick = 0; tick < TICKS; tick++) {
    during(hourNow(), world);
    odoo.runSchedule();
    watch.look(odoo.accounts());
    await watch.settled();
    // The bell may ring again at any time; that asks for nothing.
    watch.look(odoo.accounts());
    await watch.settled();
    await clock.advance(TICK_MS);
  }
  const told = odoo.notices.map(({ atMs, ...notice }) => ({
    hour: (atMs - START_MS) / 3_600_000,
    ...notice,
  }));
  return { calls, told, reports: world.reports };
}

type World = {
  odoo: ReturnType<typeof createCreditOdoo>;
  reports: number;
  failNextReport: boolean;
  restart: () => void;
};

const sum = (calls: ReadonlyMap<number, number>) =>
  [...calls.values()].reduce((one, other) => one + other, 0);

test('a day of checks for 20 accounts makes exactly the calls that their intervals and failures ask for', async () => {
  const { calls, reports } = await liveThroughDay();
  const expected = new Map<number, number>();
  for (const id of [1, 2, 3, 4, 5]) expected.set(id, 144);
  // Failed at 02:00, 02:10 and 02:20; from 02:30 on each hour again.
  expected.set(6, 2 + 3 + 22);
  for (const id of [7, 8, 9, 10]) expected.set(id, 24);
  // Failed six times from 06:00 to 06:50; then at 07:00, 13:00 and 19:00.
  expected.set(11, 1 + 6 + 3);
  for (const id of [12, 13, 14, 15]) expected.set(id, 4);
  for (const id of [16, 17, 18]) expected.set(id, 1);
  expect([...calls].sort(([one], [other]) => one - other)).toEqual([...expected]);
  expect(sum(calls)).toBe(5 * 144 + 27 + 4 * 24 + 10 + 4 * 4 + 3);
  // One call into Odoo for each run of the schedule, however many accounts were due.
  expect(reports).toBe(TICKS);
});

test('a day of balances raises exactly one alert at each fall below the minimum and one notice at each recovery', async () => {
  const { told } = await liveThroughDay();
  const of = (id: number) => told.filter((notice) => notice.id === id);
  // 500 at 10:00 is not below 500; ten minutes later it is. Filled up at noon, 1,500 lasts for the day.
  expect(of(1)).toEqual([
    { hour: 10 + 1 / 6, id: 1, alert: 'low', balance: expect.closeTo(491.67) },
    { hour: 12, id: 1, alert: 'recovered', balance: 1_500 },
  ]);
  expect(of(3).map(({ hour, alert }) => [hour, alert])).toEqual(
    Array.from({ length: 23 }, (_, index) => [index + 1, index % 2 === 0 ? 'low' : 'recovered']),
  );
  expect(of(7)).toEqual([{ hour: 0, id: 7, alert: 'low', balance: 1 }]);
  expect(told).toHaveLength(2 + 23 + 1);
});

test('restarts, a report that Odoo did not take and a report that it took twice change no alert', async () => {
  const undisturbed = await liveThroughDay();
  const { calls, told } = await liveThroughDay((hour, world) => {
    if (hour % 3 === 0) world.restart();
    // What is lost with it is checked again at once, at the next look.
    if (hour === 5) world.failNextReport = true;
  });
  expect(told).toEqual(undisturbed.told);
  // At 05:00 the five of ten minutes and the four that are checked on the hour were due; account 6 is at half past.
  expect(sum(calls)).toBe(sum(undisturbed.calls) + 9);
});

test('another minimum has that account alone checked, at once', async () => {
  const undisturbed = await liveThroughDay();
  const { calls, told } = await liveThroughDay((hour, world) => {
    if (hour === 15) world.odoo.setMinimum(16, 2_000);
  });
  expect(calls.get(16)).toBe(2);
  expect(sum(calls)).toBe(sum(undisturbed.calls) + 1);
  expect(told.filter(({ id }) => id === 16)).toEqual([{ hour: 15, id: 16, alert: 'low', balance: 1_000 }]);
});
