import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, ThreadOptions, ToThread } from './commands.ts';
import { journalError, openDatabase } from './open.ts';
import { createRunGroup } from './run-group.ts';
import { createStore } from './store.ts';

/** The entry of the thread that owns the file; run by `sqlite-journal.ts` only. */
function main(options: ThreadOptions): void {
  const reply = (message: FromThread<unknown>) => parentPort?.postMessage(message);
  try {
    const open = openDatabase(options);
    const runGroup = createRunGroup(open.db, createStore(open, options.nowMs));
    parentPort?.on('message', (message: ToThread) => {
      if (message.kind === 'group') {
        reply({ kind: 'committed', ...runGroup(message.commands, message.nowMs) });
      } else {
        open.db.close();
        reply({ kind: 'closed' });
        parentPort?.close();
      }
    });
    reply({ kind: 'opened' });
  } catch (error) {
    const { code, message } = journalError(error);
    reply({ kind: 'refused', failure: { code, message } });
  }
}

if (parentPort !== null) main(workerData);
