import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { FromThread, ThreadOptions, ToThread } from './commands.ts';
import { journalError, openDatabase } from './open.ts';
import { createRunGroup } from './run-group.ts';
import { createStore } from './store.ts';

/** Commands in one transaction at most, so that a burst does not make the first of it wait for all. */
const MAX_COMMANDS = 1_000;

/** The entry of the thread that owns the file; run by `sqlite-journal.ts` only. */
function main(port: MessagePort, options: ThreadOptions): void {
  const reply = (message: FromThread<unknown>) => port.postMessage(message);
  try {
    const open = openDatabase(options);
    const runGroup = createRunGroup(open.db, createStore(open, options.nowMs));
    const close = () => {
      open.db.close();
      reply({ kind: 'closed' });
      port.close();
    };
    port.on('message', (first: ToThread) => {
      if (first.kind === 'close') return close();
      // One fsync for all that has come while the disk was waited for.
      const commands = [...first.commands];
      let { nowMs } = first;
      while (commands.length < MAX_COMMANDS) {
        const next: { message: ToThread } | undefined = receiveMessageOnPort(port);
        if (next === undefined) break;
        if (next.message.kind === 'close') {
          reply({ kind: 'committed', ...runGroup(commands, nowMs) });
          return close();
        }
        nowMs = next.message.nowMs;
        commands.push(...next.message.commands);
      }
      reply({ kind: 'committed', ...runGroup(commands, nowMs) });
    });
    reply({ kind: 'opened' });
  } catch (error) {
    const { code, message } = journalError(error);
    reply({ kind: 'refused', failure: { code, message } });
  }
}

if (parentPort !== null) main(parentPort, workerData);
