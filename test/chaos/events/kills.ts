import type { Stack } from '../../../docker/stack.ts';
import type { Clock } from '../../../src/clock.ts';
import { createKillAt, type KillMoment } from '../kill-at.ts';
import type { KillProxy } from '../kill-proxy.ts';
import { shuffled } from '../shuffled.ts';
import type { Supervisor } from '../supervisor.ts';

/** Where Viaduct is killed, along the way of an event. */
export const KILL_POINTS = [
  'drainAsked',
  'drainAnswered',
  'doneAsked',
  'doneAnswered',
  'buildAnswered',
  'deliveryAsked',
  'deliveryAnswered',
  'log',
  'anywhere',
] as const;
export type KillPointName = (typeof KILL_POINTS)[number];

/** One step of the plan; the servers are killed and the bells are cut off between two kills of Viaduct, amid the traffic. */
export type PlannedKill = KillPointName | 'odoo' | 'postgres' | 'bell' | 'listener';

export const LEAST_AT_POINT = 5;
export const SERVER_KILLS = 3;
const BELL_DROPS = 4;
const LISTENER_DROPS = 4;

/** A shuffled plan with `kills` of Viaduct, as many at each point as there may be, and those of the servers between them. */
export function planKills(kills: number, random: () => number): PlannedKill[] {
  const each = Math.max(1, Math.floor(kills / KILL_POINTS.length));
  const plan: PlannedKill[] = KILL_POINTS.flatMap((name) => times(each, name)).slice(0, kills);
  plan.push(...times(kills - plan.length, 'anywhere' as const));
  const others = [...times(SERVER_KILLS, 'odoo' as const), ...times(SERVER_KILLS, 'postgres' as const)];
  const drops = [...times(BELL_DROPS, 'bell' as const), ...times(LISTENER_DROPS, 'listener' as const)];
  return shuffled([...plan, ...others, ...drops], random);
}

function times<Item>(count: number, item: Item): Item[] {
  return Array.from({ length: Math.max(0, count) }, () => item);
}

export type KillerParts = {
  viaduct: Supervisor;
  toOdoo: KillProxy;
  toReceiver: KillProxy;
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
const QUIET_MS = 2_000;
/** While the bell is away, Viaduct looks by itself. */
const BELL_MS = 3_000;
/** Until the bell of a Viaduct that was just started is connected. */
const CONNECTED_MS = 10_000;
const POLL_MS = 50;
const END_OF_LISTENERS =
  "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'viaduct'";

/** Kills Viaduct, Odoo and PostgreSQL with SIGKILL, each at the moment it is told to. */
export function createKiller(parts: KillerParts): Killer {
  const { viaduct, toOdoo, toReceiver, stack, random, clock } = parts;
  const killAt = createKillAt({ viaduct, clock });
  const pause = (longestMs: number) => clock.sleep(random() * longestMs);
  const atOdoo = (moment: KillMoment) => killAt.proxy(toOdoo, moment);
  /** The other end goes on or sees nothing of it, by chance. */
  const afterwards = () => (random() < 0.5 ? 'drop' : 'go-on');

  async function restart(server: Stack['odoo']): Promise<boolean> {
    await server.kill();
    await pause(QUIET_MS);
    await server.start();
    return true;
  }

  /** Tries until there is one to be dropped; with the listener's, Odoo's bus rings again. */
  async function dropOne(drop: () => Promise<number>): Promise<boolean> {
    const deadlineMs = clock.nowMs() + CONNECTED_MS;
    let dropped = 0;
    while (dropped === 0 && clock.nowMs() < deadlineMs) {
      await clock.sleep(POLL_MS);
      dropped = await drop();
    }
    await pause(BELL_MS);
    return dropped > 0;
  }

  const dropListener = async () => Number(await stack.query('postgres', END_OF_LISTENERS));
  /** Both of them, so that Viaduct must look by itself. */
  const dropBells = async () => {
    await dropListener();
    return toOdoo.dropWebsockets();
  };

  function atMoment(step: PlannedKill): Promise<boolean> {
    switch (step) {
      case 'drainAsked':
        return atOdoo({ when: 'request-arrived', match: isDrain, afterwards: afterwards() });
      case 'drainAnswered':
        return atOdoo({ when: 'answer-arrived', match: isDrain, matchAnswer: hasEvents });
      case 'doneAsked':
        return atOdoo({ when: 'request-arrived', match: isDone, afterwards: afterwards() });
      case 'doneAnswered':
        return atOdoo({ when: 'answer-arrived', match: isDone });
      case 'buildAnswered':
        return atOdoo({ when: 'answer-arrived', match: isBuild });
      case 'deliveryAsked':
        return killAt.proxy(toReceiver, { when: 'request-arrived', match: any, afterwards: afterwards() });
      case 'deliveryAnswered':
        return killAt.proxy(toReceiver, { when: 'answer-arrived', match: any });
      case 'log':
        return atOdoo({ when: random() < 0.5 ? 'request-arrived' : 'answer-arrived', match: isLog });
      case 'anywhere':
        return anywhere();
      case 'odoo':
        return restart(stack.odoo);
      case 'postgres':
        return restart(stack.postgres);
      case 'bell':
        return dropOne(dropBells);
      case 'listener':
        return dropOne(dropListener);
    }
  }

  /** At any moment, of its start too. */
  async function anywhere(): Promise<boolean> {
    const isKilled = await killAt.now();
    await clock.sleep(random() < 0.5 ? 0 : random() * QUIET_MS);
    return isKilled;
  }

  return {
    carryOut: async (step) => {
      // A kill at any moment may also meet a Viaduct that is just starting.
      if (step !== 'anywhere' || random() < 0.7) {
        await viaduct.ready(READY_MS);
        await pause(QUIET_MS);
      }
      return atMoment(step);
    },
  };
}

const any: KillMoment['match'] = () => true;
/** Procedures are told by what they alone are given. */
const isDrain: KillMoment['match'] = ({ body }) => /"done":\s*\[/.test(body);
const isDone: KillMoment['match'] = ({ body }) => /"done":\s*\[\d/.test(body);
const isBuild: KillMoment['match'] = ({ body }) => /"wants":\s*\[/.test(body);
const isLog: KillMoment['match'] = ({ body }) => /"deliveries":\s*\[/.test(body);
const hasEvents = (body: string) => /"events":\s*\[\s*\{/.test(body);
