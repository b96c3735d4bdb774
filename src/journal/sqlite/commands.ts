import type { Failure, Outcome } from '../group-commit.ts';
import type {
  ClaimRequest,
  EntryId,
  HastenRequest,
  KnownRequest,
  LeaseToken,
  ListRequest,
  NewEntry,
  PruneRequest,
  Settlement,
} from '../journal.ts';

/** One call of the journal, as it travels to the thread that owns the file. */
export type Command =
  | { op: 'append'; entries: readonly NewEntry[] }
  | { op: 'claim'; request: ClaimRequest }
  | { op: 'mark'; token: LeaseToken; marks: readonly { id: EntryId; memo: string }[] }
  | { op: 'settle'; token: LeaseToken; settlements: readonly Settlement[] }
  | { op: 'extend'; token: LeaseToken; leaseMs: number }
  | { op: 'next-run'; database: string; queue: string }
  | { op: 'list'; request: ListRequest }
  | { op: 'known'; request: KnownRequest }
  | { op: 'replay'; ids: readonly EntryId[] }
  | { op: 'hasten'; request: HastenRequest }
  | { op: 'bury-step'; database: string; reason: string }
  | { op: 'stats' }
  | { op: 'prune-step'; request: PruneRequest }
  | { op: 'remember'; database: string; name: string; value: string }
  | { op: 'recall'; database: string; name: string };

/** Queues that have something new, to be told to the listeners once the commit is on disk. */
export type ReadyQueue = { database: string; queue: string };

export type GroupResult<Value> = { outcomes: Outcome<Value>[]; ready: ReadyQueue[]; commits: number };

/** What the thread is started with. */
export type ThreadOptions = { path: string; maxBytes: number; nowMs: number };

/** To the thread: a group to commit, or the end. */
export type ToThread = { kind: 'group'; nowMs: number; commands: Command[] } | { kind: 'close' };

/** From the thread; `opened` or `refused` comes first. */
export type FromThread<Value> =
  | { kind: 'opened' }
  | { kind: 'refused'; failure: Failure }
  | ({ kind: 'committed' } & GroupResult<Value>)
  | { kind: 'closed' };
