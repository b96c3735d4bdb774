import type { Stack } from '../../../docker/stack.ts';
import type { Clock } from '../../../src/clock.ts';
import { createKillAt } from '../kill-at.ts';
import type { KillPoint, KillProxy } from '../kill-proxy.ts';
import { shuffled } from '../shuffled.ts';
import type { Supervisor } from '../supervisor.ts';
import type { SimulatorProcess } from './simulator-process.ts';

/** Where Viaduct is killed. The provider goes on after `beforeAcceptance`, and at `neverAccepted` it does not. */
export const KILL_POINTS = [
  'beforeAppend',
  'afterAppend',
  'beforeAcceptance',
  'afterAcceptance',
  'beforeWrite',
  'afterWrite',
  'anywhere',
] as const;
export type KillPointName = (typeof KILL_POINTS)[number];

/** One step of the plan; the servers are killed between two kills of Viaduct, amid the traffic. */
export type PlannedKill = KillPointName | 'odoo' | 'postgres';

const LEAST_SHARE = 0.12;
const SERVER_KILLS = 3;

/** A shuffled plan with `kills` of Viaduct, an eighth at each named point, and some of Odoo and PostgreSQL between them. */
export function planKills(kills: number, random: () => number): PlannedKill[] {
  const each = Math.max(1, Math.floor(kills * LEAST_SHARE));
  const named = KILL_POINTS.filter((name) => name !== 'anywhere');
  const plan: PlannedKill[] = named
    .flatMap((name) => Array.from({ length: each }, () => name))
    .slice(0, kills);
  while (plan.length < kills) plan.push('anywhere');
  const servers = Math.max(1, Math.min(SERVER_KILLS, Math.round(kills / 10)));
  for (let count = 0; count < servers; count += 1) plan.push('odoo', 'postgres');
  return shuffled(plan, random);
}

export type KillerParts = {
  viaduct: Supervisor;
  toViaduct: KillProxy;
  toOdoo: KillProxy;
  simulator: SimulatorProcess;
  stack: Stack;
  random: () => number;
  clock: Clock;
};

export type Killer = {
  /** Carries one step out; false when its moment did not come in time, and nothing was killed. */
  carryOut: (step: PlannedKill) => Promise<boolean>;
};

const READY_MS = 60_000;
/** Traffic between two kills, at most. */
const QUIET_MS = 3_000;
/** The provider never took what it was asked for, at every so many kills before its acceptance. */
const RESET_EVERY = 3;

/** Kills Viaduct, Odoo and PostgreSQL with SIGKILL, each at the moment it is told to. */
export function createKiller(parts: KillerParts): Killer {
  const { viaduct, toViaduct, toOdoo, simulator, stack, random, clock } = parts;
  let beforeAcceptance = 0;

  const killAt = createKillAt({ viaduct, clock });
  const kills = () => viaduct.counts().kills;
  const pause = () => clock.sleep(random() * QUIET_MS);

  const atProxy = (proxy: KillProxy, when: KillPoint['when'], match: KillPoint['match']) =>
    killAt.proxy(proxy, { when, match });

  async function atProvider(
    when: 'request-arrived' | 'accepted',
    afterwards: 'go-on' | 'reset',
  ): Promise<boolean> {
    const before = kills();
    const pid = viaduct.pid();
    if (pid === null) return false;
    await simulator.control('POST', '/_sim/kill-points', { when, pid, afterwards });
    const isKilled = await killAt.untilKilled(before);
    await simulator.control('DELETE', '/_sim/kill-points');
    return isKilled;
  }

  /** At any moment, of its start too. */
  async function anywhere(): Promise<boolean> {
    const isKilled = await killAt.now();
    await clock.sleep(random() < 0.5 ? 0 : random() * QUIET_MS);
    return isKilled;
  }

  async function restart(server: Stack['odoo']): Promise<boolean> {
    await server.kill();
    await pause();
    await server.start();
    return true;
  }

  function atMoment(step: PlannedKill): Promise<boolean> {
    switch (step) {
      case 'beforeAppend':
        return atProxy(toViaduct, 'request-arrived', isSend);
      case 'afterAppend':
        return atProxy(toViaduct, 'answer-arrived', isSend);
      case 'beforeAcceptance':
        beforeAcceptance += 1;
        return atProvider('request-arrived', beforeAcceptance % RESET_EVERY === 0 ? 'reset' : 'go-on');
      case 'afterAcceptance':
        return atProvider('accepted', 'go-on');
      case 'beforeWrite':
        return atProxy(toOdoo, 'request-arrived', isWrite);
      case 'afterWrite':
        return atProxy(toOdoo, 'answer-arrived', isWrite);
      case 'anywhere':
        return anywhere();
      case 'odoo':
        return restart(stack.odoo);
      case 'postgres':
        return restart(stack.postgres);
    }
  }

  return {
    carryOut: async (step) => {
      // A kill at any moment may also meet a Viaduct that is just starting.
      if (step !== 'anywhere' || random() < 0.7) {
        await viaduct.ready(READY_MS);
        await pause();
      }
      return atMoment(step);
    },
  };
}

const isSend: KillPoint['match'] = ({ path }) => path.endsWith('/api/sms/3/send');
/** The one procedure of the SMS channel that is given updates writes them. */
const isWrite: KillPoint['match'] = ({ body }) => body.includes('"updates":[');
