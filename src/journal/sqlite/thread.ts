import { Worker } from 'node:worker_threads';
import { errorText, unreachable } from '../../errors.ts';
import { JournalError } from '../errors.ts';
import type { Command, FromThread, GroupResult, ThreadOptions, ToThread } from './commands.ts';

/** This side of the thread that owns the file. Groups are committed in the order of their calls. */
export type JournalThread = {
  commit: (commands: Command[], nowMs: number) => Promise<GroupResult<never>>;
  close: () => Promise<void>;
};

type Reply = FromThread<never>;
type Pending = {
  /** How many outcomes of a reply are its own. */
  commands: number;
  resolve: (result: GroupResult<never>) => void;
  reject: (error: JournalError) => void;
};

/** Starts the thread and resolves once the file is open; rejects with the {@link JournalError} that kept it shut. */
export async function startThread(options: ThreadOptions): Promise<JournalThread> {
  // No flags or loaders of the parent: the thread runs plain TypeScript. Its heap holds one group at a time.
  const worker = new Worker(new URL('./journal-thread.ts', import.meta.url), {
    workerData: options,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  let dead: JournalError | undefined;
  const pending: Pending[] = [];
  const opening = Promise.withResolvers<void>();
  const closing = Promise.withResolvers<void>();

  const end = (error: JournalError) => {
    dead ??= error;
    opening.reject(dead);
    closing.resolve();
    for (const { reject } of pending.splice(0)) reject(dead);
  };
  worker.on('message', (reply: Reply) => {
    switch (reply.kind) {
      case 'opened':
        return opening.resolve();
      case 'refused':
        return opening.reject(new JournalError(reply.failure.code, reply.failure.message));
      case 'committed':
        return share(reply, pending, () => worker.unref());
      case 'closed':
        return closing.resolve();
      default:
        return unreachable(reply);
    }
  });
  worker.on('error', (error) =>
    end(new JournalError('journal-io', `The journal's thread failed: ${errorText(error)}`, error)),
  );
  worker.on('exit', () => end(new JournalError('journal-closed', "The journal's thread has ended.")));

  const post = (message: ToThread) => worker.postMessage(message);
  await opening.promise;
  // While nothing is under way the thread does not keep the process alive.
  worker.unref();
  return {
    commit: (commands, nowMs) => {
      if (dead !== undefined) return Promise.reject(dead);
      if (pending.length === 0) worker.ref();
      return new Promise((resolve, reject) => {
        pending.push({ commands: commands.length, resolve, reject });
        post({ kind: 'group', nowMs, commands });
      });
    },
    close: async () => {
      worker.ref();
      if (dead === undefined) post({ kind: 'close' });
      await closing.promise;
      await worker.terminate();
    },
  };
}

/** One transaction may have taken several groups: each gets its own outcomes, the first also what concerns all. */
function share(result: GroupResult<never>, pending: Pending[], onIdle: () => void): void {
  let { ready, commits } = result;
  let from = 0;
  while (from < result.outcomes.length) {
    const next = pending.shift();
    if (next === undefined) break;
    const outcomes = result.outcomes.slice(from, from + next.commands);
    from += next.commands;
    next.resolve({ outcomes, ready, commits });
    ready = [];
    commits = 0;
  }
  if (pending.length === 0) onIdle();
}
