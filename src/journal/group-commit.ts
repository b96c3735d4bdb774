import { JournalError, type JournalErrorCode } from './errors.ts';

/** An error reduced to what may travel between threads. */
export type Failure = { code: JournalErrorCode; message: string };

/**
 * What became of one command. The command decides the type of the value: who commits writes `unknown`,
 * who submitted reads `never`, which fits whatever the caller was promised.
 */
export type Outcome<Value> = { ok: true; value: Value } | { ok: false; failure: Failure };

/** Commands that go into one transaction at most; with 64 connections a group is about that large. */
const MAX_GROUP = 1_000;
/** Weight (characters) of one group, so that a burst of large payloads does not become one huge transaction. */
const MAX_GROUP_WEIGHT = 8_000_000;
/** Commands that may wait for their turn; beyond it calls are refused with `journal-busy` instead of filling memory. */
const MAX_WAITING = 20_000;

type Waiting<Command> = {
  command: Command;
  weight: number;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
};

export type GroupCommit<Command> = {
  /** Resolves once the group this command went into is on disk. */
  submit: <Value>(command: Command, weight?: number) => Promise<Value>;
  /** Resolves when nothing waits and nothing is under way. */
  idle: () => Promise<void>;
};

/**
 * Gathers everything that arrives while a commit is under way into the next one. The first command after idle
 * waits for the end of this turn of the event loop, so that its neighbours of the same turn go with it.
 * `commit` resolves with one outcome per command, in their order.
 */
export function createGroupCommit<Command>(
  commit: (commands: Command[]) => Promise<readonly Outcome<never>[]>,
): GroupCommit<Command> {
  const waiting: Waiting<Command>[] = [];
  let busy = false;
  const idleListeners: (() => void)[] = [];

  const takeGroup = (): Waiting<Command>[] => {
    let weight = 0;
    let size = 0;
    for (const one of waiting) {
      weight += one.weight;
      if (size > 0 && (size === MAX_GROUP || weight > MAX_GROUP_WEIGHT)) break;
      size += 1;
    }
    return waiting.splice(0, size);
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = takeGroup();
      try {
        const outcomes = await commit(group.map((one) => one.command));
        for (const [index, one] of group.entries()) settle(one, outcomes[index]);
      } catch (error) {
        for (const one of group) one.reject(error);
      }
    }
    busy = false;
    for (const listener of idleListeners.splice(0)) listener();
  };

  return {
    submit: (command, weight = 0) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= MAX_WAITING) {
          reject(
            new JournalError('journal-busy', `More than ${MAX_WAITING} calls wait for the journal's disk.`),
          );
          return;
        }
        waiting.push({ command, weight, resolve, reject });
        if (busy) return;
        busy = true;
        setImmediate(() => void run());
      }),
    idle: () =>
      busy
        ? new Promise((resolve) => {
            idleListeners.push(resolve);
          })
        : Promise.resolve(),
  };
}

function settle(one: Waiting<unknown>, outcome: Outcome<never> | undefined): void {
  if (outcome?.ok) one.resolve(outcome.value);
  else if (outcome) one.reject(new JournalError(outcome.failure.code, outcome.failure.message));
}
