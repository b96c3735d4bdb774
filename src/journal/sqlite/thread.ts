import { Worker } from 'node:worker_threads';
import { errorText } from '../../errors.ts';
import { JournalError } from '../errors.ts';
import type { Command, FromThread, GroupResult, ThreadOptions, ToThread } from './commands.ts';

/** This side of the thread that owns the file. One group is under way at a time. */
export type JournalThread = {
  commit: (commands: Command[], nowMs: number) => Promise<GroupResult<never>>;
  close: () => Promise<void>;
};

type Reply = FromThread<never>;

/** Starts the thread and resolves once the file is open; rejects with the {@link JournalError} that kept it shut. */
export async function startThread(options: ThreadOptions): Promise<JournalThread> {
  // No flags or loaders of the parent: the thread runs plain TypeScript. Its heap holds one group at a time.
  const worker = new Worker(new URL('./journal-thread.ts', import.meta.url), {
    workerData: options,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  let dead: JournalError | undefined;
  let pending: { resolve: (reply: Reply) => void; reject: (error: JournalError) => void } | undefined;

  // While nothing is under way the thread does not keep the process alive.
  const nextReply = (): Promise<Reply> => {
    worker.ref();
    return new Promise<Reply>((resolve, reject) => {
      pending = { resolve, reject };
    });
  };
  const end = (error: JournalError) => {
    dead ??= error;
    pending?.reject(dead);
    pending = undefined;
  };
  worker.on('message', (reply: Reply) => {
    const { resolve } = pending ?? {};
    pending = undefined;
    worker.unref();
    resolve?.(reply);
  });
  worker.on('error', (error) =>
    end(new JournalError('journal-io', `The journal's thread failed: ${errorText(error)}`, error)),
  );
  worker.on('exit', () => end(new JournalError('journal-closed', "The journal's thread has ended.")));

  const exchange = (message: ToThread): Promise<Reply> => {
    if (dead !== undefined) return Promise.reject(dead);
    worker.postMessage(message);
    return nextReply();
  };

  const opened = await nextReply();
  if (opened.kind === 'refused') throw new JournalError(opened.failure.code, opened.failure.message);
  return {
    commit: async (commands, nowMs) => {
      const reply = await exchange({ kind: 'group', nowMs, commands });
      if (reply.kind === 'committed') return reply;
      throw new JournalError('journal-io', `The journal's thread answered a group with "${reply.kind}".`);
    },
    close: async () => {
      if (dead === undefined) await exchange({ kind: 'close' });
      await worker.terminate();
    },
  };
}
