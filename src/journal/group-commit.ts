import { JournalError, type JournalErrorCode } from './errors.ts';

/** An error reduced to what may travel between threads. */
export type Failure = { code: JournalErrorCode; message: string };

/**
 * What became of one command. The command decides the type of the value: who commits writes `unknown`,
 * who submitted reads `never`, which fits whatever the caller was promised.
 */
export type Outcome<Value> = { ok: true; value: Value } | { ok: false; failure: Failure };

/**
 * Calls of one turn that are handed over at once, without waiting for its end: the disk begins while the event loop still
 * reads. Smaller hand-overs begin earlier and cost more: with 8 instead of 64 a report took 16 % more of the processor.
 */
const HAND_OVER = 64;
/** Weight (characters) of one group, so that a burst of large payloads does not become one huge transaction. */
const MAX_GROUP_WEIGHT = 8_000_000;
/** Commands that may wait for their turn; beyond it calls are refused with `journal-busy` instead of filling memory. */
const MAX_WAITING = 20_000;

type Waiting<Command> = {
  command: Command;
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
 * Hands the calls of one turn of the event loop to `commit` together, without waiting for the groups before: whoever
 * commits takes all that has come meanwhile into one transaction. `commit` resolves with one outcome per command, in
 * their order.
 */
export function createGroupCommit<Command>(
  commit: (commands: Command[]) => Promise<readonly Outcome<never>[]>,
): GroupCommit<Command> {
  let waiting: Waiting<Command>[] = [];
  let weight = 0;
  let unsettled = 0;
  const idleListeners: (() => void)[] = [];

  const send = async (group: Waiting<Command>[]): Promise<void> => {
    try {
      const outcomes = await commit(group.map((one) => one.command));
      for (const [index, one] of group.entries()) settle(one, outcomes[index]);
    } catch (error) {
      for (const one of group) one.reject(error);
    }
    unsettled -= group.length;
    if (unsettled === 0) for (const listener of idleListeners.splice(0)) listener();
  };

  const flush = (): void => {
    const group = waiting;
    waiting = [];
    weight = 0;
    if (group.length > 0) void send(group);
  };

  return {
    submit: (command, ownWeight = 0) =>
      new Promise((resolve, reject) => {
        if (unsettled >= MAX_WAITING) {
          reject(
            new JournalError('journal-busy', `More than ${MAX_WAITING} calls wait for the journal's disk.`),
          );
          return;
        }
        if (waiting.length === HAND_OVER || weight + ownWeight > MAX_GROUP_WEIGHT) flush();
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ command, resolve, reject });
        weight += ownWeight;
        unsettled += 1;
      }),
    idle: () =>
      unsettled > 0
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
