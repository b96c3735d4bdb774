import { seededRandom } from '../../../fixtures/gatewayapi/index.ts';
import { systemClock } from '../../../src/clock.ts';
import { carryOutPlan } from '../carry-out-plan.ts';
import type { Scenario, ScenarioOptions } from '../scenario.ts';
import { untilQuiet } from '../until-quiet.ts';
import { readHistory } from './history.ts';
import { judge } from './judge.ts';
import { createKiller, KILL_POINTS, planKills } from './kills.ts';
import { FATES, type Load, startLoad } from './load.ts';
import { whatIsBusy } from './quiet.ts';
import { startWorld, type World } from './world.ts';

/** From the first SMS to the end of the last wait, at most. */
const LONGEST_MS = 15 * 60_000;
const SETTLE_MS = 4 * 60_000;
const LEAST_KILLS = 50;
const LEAST_AT_POINT = 5;
const MESSAGES_PER_KILL = 120;
const READY_MS = 60_000;

/** A fifth of the calls fail, and some are reset after they were accepted, or before. */
const FAULTS = [
  { kind: 'too-many-requests', probability: 0.08 },
  { kind: 'server-error-json', probability: 0.06 },
  { kind: 'unavailable', probability: 0.06 },
  { kind: 'reset-after', probability: 0.03 },
  { kind: 'reset-before', probability: 0.01 },
  { kind: 'cut-body', probability: 0.01 },
  { kind: 'truncated-json', probability: 0.01 },
] as const;
const REPORTS = { stepMs: [50, 1_500], disorder: 0.2, duplicate: 0.2, fates: FATES };

/** SMS of a real Odoo through a Viaduct that is killed again and again, beside killed servers and a failing provider. */
export const smsScenario: Scenario = async (options) => {
  const world = await startWorld(options);
  let pass = false;
  try {
    const result = await runIn(world, options);
    pass = result.pass;
    return pass ? result : { ...result, viaductLog: world.logFile };
  } finally {
    await world.stop({ keepLog: !pass });
  }
};

async function runIn(world: World, options: ScenarioOptions) {
  const { say, seed, kills, signal } = options;
  const { simulator, admin, stage } = world;
  const clock = systemClock;
  const random = seededRandom(seed);
  const deadlineMs = clock.nowMs() + LONGEST_MS;
  await simulator.control('PUT', '/_sim/faults', FAULTS);
  await simulator.control('PATCH', '/_sim/reports', REPORTS);
  const load = startLoad({
    ...{ admin, stage, random, clock, maxMessages: MESSAGES_PER_KILL * kills, pauseMs: 100 },
    ready: () => world.viaduct.ready(READY_MS),
  });
  const killed = await killAll({ world, load, random, options, deadlineMs: deadlineMs - SETTLE_MS });
  await load.stop();
  say('faults off, waiting until everything is quiet');
  await simulator.control('DELETE', '/_sim/faults');
  await restartOdoo(world);
  const isQuiet = await untilQuiet({
    whatIsBusy: () => whatIsBusy(world),
    ...{ clock, timeoutMs: deadlineMs - clock.nowMs(), say, signal },
  });
  const { faults } = await simulator.stats();
  const judgement = judge(await readHistory(world), await simulator.ledger());
  const { starts, crashes } = world.viaduct.counts();
  const { kills: all, byPoint, odooKills, postgresKills } = killed;
  const isEnough = all >= LEAST_KILLS && Object.values(byPoint).every((count) => count >= LEAST_AT_POINT);
  const { lost, twice, uncommitted, backwards, unknownLeftOpen } = judgement;
  const isKept = lost + twice + uncommitted + backwards + unknownLeftOpen === 0;
  return {
    kills: all,
    killsByPoint: byPoint,
    ...{ odooKills, postgresKills, ...judgement, load: load.counts(), faults, starts, crashes, isQuiet },
    pass: isEnough && isKept && isQuiet && odooKills > 0 && postgresKills > 0 && crashes === 0,
  };
}

/** Odoo's thread for scheduled actions may not survive PostgreSQL's death (service/server.py), so Odoo needs an administrator. */
async function restartOdoo({ stack }: World): Promise<void> {
  await stack.odoo.stop();
  await stack.odoo.start();
}

type Killing = {
  world: World;
  load: Load;
  random: () => number;
  options: ScenarioOptions;
  deadlineMs: number;
};

async function killAll({ world, load, random, options, deadlineMs }: Killing) {
  const { say, signal } = options;
  const killer = createKiller({ ...world, random, clock: systemClock });
  const count = await carryOutPlan({
    ...{ plan: planKills(options.kills, random), carryOut: killer.carryOut, clock: systemClock },
    ...{ deadlineMs, seen: () => `${load.counts().asked} SMS asked for`, say, signal },
  });
  const byPoint = Object.fromEntries(KILL_POINTS.map((point) => [point, count(point)]));
  return {
    kills: KILL_POINTS.reduce((sum, point) => sum + count(point), 0),
    byPoint,
    odooKills: count('odoo'),
    postgresKills: count('postgres'),
  };
}
