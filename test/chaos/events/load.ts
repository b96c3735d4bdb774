import { z } from 'zod';
import type { Clock } from '../../../src/clock.ts';
import type { OdooConnection } from '../../../src/odoo/index.ts';
import type { Deed } from './deeds.ts';
import type { Stage } from './odoo-setup.ts';
import { MARK } from './truth.ts';

export type LoadOptions = {
  admin: OdooConnection;
  stage: Stage;
  random: () => number;
  clock: Clock;
  /** Pause of each writer between two calls, on average. */
  pauseMs: number;
};

export type Load = {
  counts: () => LoadCounts;
  /** Ends it, and resolves when the last call was answered. */
  stop: () => Promise<void>;
};

export type LoadCounts = { calls: number; failedCalls: number; collisions: number; rolledBack: number };

const WRITERS = 4;
const CONTACTS = 30;
const BATCH = 4;
/** More than are read along with their events: what their payloads need is then asked for in a call of its own. */
const LARGE_BATCH = 20;
const COLLIDING = 3;
/** Odoo is down, or only just up again. */
const AFTER_FAILURE_MS = 1_000;

/**
 * Makes, changes and deletes contacts in all the ways that matter to events, each call with a name of its own, until stopped.
 * No call is ever made again: one whose answer was lost may have been committed.
 */
export function startLoad({ admin, stage, random, clock, pauseMs }: LoadOptions): Load {
  const counts: LoadCounts = { calls: 0, failedCalls: 0, collisions: 0, rolledBack: 0 };
  const stopping = new AbortController();
  const contacts = new Set<number>();
  let texts = 0;

  const text = (): string => {
    texts += 1;
    return `${MARK}${texts}`;
  };
  const some = (count: number): number[] => {
    const all = [...contacts];
    const first = Math.floor(random() * Math.max(1, all.length - count));
    return all.slice(first, first + count);
  };
  const one = () => some(1);
  const many = () => some(1 + Math.floor(random() * BATCH));

  async function call(method: string, args: Parameters<OdooConnection['call']>[2]) {
    counts.calls += 1;
    return await admin.call('res.partner', method, args);
  }

  async function run(deed: Deed, ids: number[], count = 1): Promise<void> {
    counts.calls += 1;
    const chaos = { ids, texts: Array.from({ length: count }, text) };
    await admin.call('ir.actions.server', 'run', [[stage.actions[deed]]], { kwargs: { context: { chaos } } });
  }

  const write = (ids: number[]) => call('write', [ids, { name: text() }]);

  async function create(count: number): Promise<void> {
    const rows = Array.from({ length: count }, () => ({ name: text() }));
    const ids = z.array(z.number()).parse(await call('create', [rows]));
    for (const id of ids) contacts.add(id);
  }

  /** Several transactions at the same contacts: all but one have to begin anew. */
  async function collide(): Promise<void> {
    counts.collisions += 1;
    const shared = some(2);
    await Promise.all(Array.from({ length: COLLIDING }, () => write(shared)));
  }

  async function rollBack(): Promise<void> {
    counts.rolledBack += 1;
    await run('rolledBack', many()).catch(() => undefined);
  }

  async function remove(deed: (ids: number[]) => Promise<unknown>): Promise<void> {
    const ids = one();
    for (const id of ids) contacts.delete(id);
    await deed(ids);
  }

  const DEEDS: readonly { weight: number; act: () => Promise<unknown> }[] = [
    { weight: 8, act: () => write(one()) },
    { weight: 4, act: () => write(many()) },
    { weight: 1, act: () => write(some(LARGE_BATCH)) },
    { weight: 2, act: () => run('twice', many(), 2) },
    { weight: 1, act: () => run('slowly', one()) },
    { weight: 2, act: () => run('partly', one(), 2) },
    { weight: 2, act: () => run('backAndOn', one(), 2) },
    { weight: 2, act: rollBack },
    { weight: 2, act: collide },
    { weight: 1, act: () => create(1) },
    { weight: 1, act: () => run('born', [], 2) },
    { weight: 1, act: () => run('neverBorn', []) },
    { weight: 1, act: () => remove((ids) => call('unlink', [ids])) },
    { weight: 1, act: () => remove((ids) => run('lastWords', ids)) },
  ];
  const allDeeds = DEEDS.flatMap(({ weight, act }) => Array.from({ length: weight }, () => act));

  async function writeOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      const missing = CONTACTS - contacts.size;
      const act = allDeeds[Math.floor(random() * allDeeds.length)];
      const isDone = await (missing > 0 || act === undefined ? create(BATCH) : act()).then(
        () => true,
        () => false,
      );
      if (!isDone) counts.failedCalls += 1;
      const waitMs = isDone ? pauseMs * 2 * random() : AFTER_FAILURE_MS;
      await clock.sleep(waitMs, stopping.signal).catch(() => undefined);
    }
  }

  const writers = Array.from({ length: WRITERS }, writeOn);
  return {
    counts: () => ({ ...counts }),
    stop: async () => {
      stopping.abort();
      await Promise.all(writers);
    },
  };
}
