import { seededRandom } from '../../../fixtures/gatewayapi/index.ts';
import { systemClock } from '../../../src/clock.ts';
import { carryOutPlan } from '../carry-out-plan.ts';
import type { Scenario, ScenarioOptions } from '../scenario.ts';
import { untilQuiet } from '../until-quiet.ts';
import { isKept, judge } from './judge.ts';
import { createKiller, KILL_POINTS, LEAST_AT_POINT, planKills, SERVER_KILLS } from './kills.ts';
import { startLoad } from './load.ts';
import { PATHS } from './odoo-setup.ts';
import { whatIsBusy } from './quiet.ts';
import { readTruth } from './truth.ts';
import { startWorld, type World } from './world.ts';

/** From the first change to the end of the last wait, at most; a third of it on a machine with nothing else to do. */
const LONGEST_MS = 18 * 60_000;
const SETTLE_MS = 3 * 60_000;
const PAUSE_MS = 250;

/** Changes of a real Odoo through a Viaduct that is killed again and again, beside killed servers and a failing receiver. */
export const eventsScenario: Scenario = async (options) => {
  const random = seededRandom(options.seed);
  const world = await startWorld({ ...options, random });
  let pass = false;
  try {
    const result = await runIn(world, options, random);
    pass = result.pass;
    return pass ? result : { ...result, viaductLog: world.logFile };
  } finally {
    await world.stop({ keepLog: !pass });
  }
};

async function runIn(world: World, options: ScenarioOptions, random: () => number) {
  const { say, signal, kills } = options;
  const { admin, stage, receiver, viaduct } = world;
  const clock = systemClock;
  const deadlineMs = clock.nowMs() + LONGEST_MS;
  const load = startLoad({ admin, stage, random, clock, pauseMs: PAUSE_MS });
  const killer = createKiller({ ...world, random, clock });
  const count = await carryOutPlan({
    ...{ plan: planKills(kills, random), carryOut: killer.carryOut, clock, say, signal },
    ...{ deadlineMs: deadlineMs - SETTLE_MS, seen: () => `${load.counts().calls} calls` },
  });
  await load.stop();
  say('the receiver takes everything from now on, waiting until everything is quiet');
  receiver.calmDown();
  const isQuiet = await untilQuiet({
    whatIsBusy: () => whatIsBusy(world),
    ...{ clock, timeoutMs: deadlineMs - clock.nowMs(), say, signal },
  });
  const judgement = judge(await readTruth(world), receiver.receipts(), PATHS);
  const killsByPoint = Object.fromEntries(KILL_POINTS.map((point) => [point, count(point)]));
  const [odooKills, postgresKills] = [count('odoo'), count('postgres')];
  const [bellDrops, listenerDrops] = [count('bell'), count('listener')];
  const isEnough =
    KILL_POINTS.every((point) => count(point) >= LEAST_AT_POINT) &&
    Math.min(odooKills, postgresKills) >= SERVER_KILLS &&
    Math.min(bellDrops, listenerDrops) > 1;
  const { kills: all, starts, crashes } = viaduct.counts();
  return {
    ...{ kills: all, killsByPoint, odooKills, postgresKills, bellDrops, listenerDrops, ...judgement },
    ...{ load: load.counts(), receiver: receiver.counts(), starts, crashes, isQuiet },
    pass: isEnough && isKept(judgement) && isQuiet && crashes === 0,
  };
}
