import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { Command } from 'commander';
import { loadConfig } from '../config/index.ts';
import { createLog } from '../log.ts';
import { SETTINGS_HELP } from './terminal.ts';

/** `viaduct serve`: runs until SIGTERM or SIGINT, then stops within the configured grace. A second signal ends it at once. */
export function serveCommand(): Command {
  const serve = new Command('serve').description('Run Viaduct until it is told to stop.');
  return serve.addHelpText('after', SETTINGS_HELP).action(async () => {
    const config = loadConfig();
    const log = createLog({ level: config.log.level });
    // Only here, so that the small commands need not load everything.
    const { startApp } = await import('../app.ts');
    const app = await startApp({ config, log, environment: process.env });
    // Now, because a process that is killed writes nothing.
    flushCompileCache();
    const signal = await untilToldToStop();
    log.info({ signal }, 'viaduct stops');
    await app.stop();
  });
}

async function untilToldToStop(): Promise<string> {
  const heard = new AbortController();
  const listen = (signal: string) => once(process, signal, { signal: heard.signal }).then(() => signal);
  const waits = ['SIGTERM', 'SIGINT'].map(listen);
  const signal = await Promise.race(waits);
  heard.abort();
  // The other wait is given up by the abort.
  await Promise.allSettled(waits);
  return signal;
}
