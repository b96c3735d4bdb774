import { unreachable } from '../../errors.ts';
import { JournalError } from '../errors.ts';
import type { Appended, NewEntry } from '../journal.ts';
import { prepareAppend } from './append.ts';
import { prepareClaim } from './claim.ts';
import type { Command, ReadyQueue } from './commands.ts';
import { createLanes, type Lane } from './lanes.ts';
import { prepareLeases, releaseAllLeases } from './leases.ts';
import type { OpenDatabase } from './open.ts';
import { prepareSettle } from './settle.ts';
import { prepareSurvey } from './survey.ts';
import { prepareUpkeep } from './upkeep.ts';

export type Store = {
  /** Runs one command inside the transaction that the caller has begun. */
  execute: (command: Command, nowMs: number) => unknown;
  /** To be called after a commit; returns the queues that got something to do. */
  committed: () => ReadyQueue[];
  /** To be called after a rollback: what was kept in memory may never have been written. */
  rolledBack: () => void;
};

/** Clocks are corrected by seconds all the time; that much is simply waited. */
const CLOCK_TOLERANCE_MS = 10_000;

/** All statements over one open file. Released at once: the leases of the process before. */
export function createStore({ db, appendPages }: OpenDatabase, nowMs: number): Store {
  releaseAllLeases(db, nowMs);
  const ready = new Set<Lane>();
  const settled: Extract<Command, { op: 'settle' }>[] = [];
  const onReady = (lane: Lane) => ready.add(lane);
  const lanes = createLanes(db);
  const append = prepareAppend(db, lanes, onReady);
  const claim = prepareClaim(db, lanes);
  const settle = prepareSettle(db, append);
  const leases = prepareLeases(db);
  const survey = prepareSurvey(db, lanes);
  const upkeep = prepareUpkeep(db, lanes, onReady);

  // Asked once a transaction: what one adds is bounded, and fits into the reserve.
  let hasRoom = false;

  const appendAll = (entries: readonly NewEntry[], at: number): Appended[] => {
    hasRoom ||= upkeep.usedPages() <= appendPages;
    if (!hasRoom) {
      throw new JournalError(
        'journal-full',
        'The journal holds as much as VIADUCT_JOURNAL_MAX_BYTES allows. Work off or prune entries, or raise the bound.',
      );
    }
    return entries.map((entry) => append(entry, at));
  };

  let committedAtMs = nowMs;
  let seenAtMs = nowMs;

  /** An hour that the clock is set back would otherwise be an hour in which nothing is tried again. */
  const followClock = (at: number): void => {
    if (seenAtMs - at > CLOCK_TOLERANCE_MS) upkeep.setBack(seenAtMs - at, at);
    seenAtMs = at;
  };

  const execute = (command: Command, at: number): unknown => {
    followClock(at);
    switch (command.op) {
      case 'append':
        return appendAll(command.entries, at);
      case 'claim': {
        const claimed = claim(command.request, at);
        leases.opened(claimed);
        return claimed;
      }
      case 'mark':
        return leases.mark(command.token, command.marks);
      case 'settle':
        settled.push(command);
        return settle(command.token, command.settlements, at);
      case 'extend':
        return leases.extend(command.token, command.leaseMs, at);
      case 'next-run':
        return survey.nextRunAtMs(command.database, command.queue);
      case 'list':
        return survey.list(command.request);
      case 'known':
        return survey.known(command.request);
      case 'replay':
        return upkeep.replay(command.ids, at);
      case 'hasten':
        return upkeep.hasten(command.request, at);
      case 'bury-step':
        return upkeep.buryStep(command.database, command.reason, at);
      case 'stats':
        return survey.stats();
      case 'prune-step':
        return upkeep.pruneStep(command.request);
      case 'remember':
        return upkeep.remember(command.database, command.name, command.value);
      case 'recall':
        return upkeep.recall(command.database, command.name);
      default:
        return unreachable(command);
    }
  };

  return {
    execute,
    committed: () => {
      committedAtMs = seenAtMs;
      hasRoom = false;
      for (const { token, settlements } of settled.splice(0)) {
        leases.settled(
          token,
          settlements.map((settlement) => settlement.id),
        );
      }
      const queues = [...ready].map(({ database, queue }) => ({ database, queue }));
      ready.clear();
      return queues;
    },
    rolledBack: () => {
      seenAtMs = committedAtMs;
      hasRoom = false;
      settled.length = 0;
      ready.clear();
      lanes.reload();
    },
  };
}
