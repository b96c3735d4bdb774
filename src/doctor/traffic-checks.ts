import type { Clock } from '../clock.ts';
import type { Config } from '../config/index.ts';
import { lookAtDatabase } from '../odoo/guard/index.ts';
import { createBell } from '../odoo/index.ts';
import { openOperator } from '../operator/index.ts';
import { type Database, orNull } from './database.ts';
import { fault, ok, warning } from './finding.ts';
import type { Check } from './run-checks.ts';

/** Whether the guard would let the traffic through; asks the database who it is, and changes nothing. */
export function guardCheck({ odoo, hello }: Database, config: Config): Check {
  const cure =
    'If Viaduct shall carry real messages for this database, confirm it: Viaduct > Status in Odoo, or "viaduct confirm".';
  return {
    name: 'guard',
    cure,
    run: async () => {
      if ((await orNull(hello())) === null) return [];
      const recall = async (database: string, name: string) => {
        const operator = await openOperator(config.journal).catch(() => null);
        if (operator === null) return null;
        await using opened = operator;
        return await opened.note(database, name);
      };
      const verdict = await lookAtDatabase({ client: odoo, recall });
      return [
        verdict.open
          ? ok('guard', 'The traffic of the database is open.')
          : fault('guard', verdict.words, cure),
      ];
    },
  };
}

/** Whether Odoo's websocket is to be had. */
export function bellCheck(
  { settings, hello }: Database,
  { clock, random }: { clock: Clock; random: () => number },
): Check {
  const cure =
    'Let the proxy before Odoo lead /websocket to Odoo’s gevent port. Without the bell, changes in Odoo are seen a minute late.';
  return {
    name: 'bell',
    cure,
    run: async (signal) => {
      const channel = (await orNull(hello()))?.bell ?? null;
      if (channel === null) return [];
      const { url, database } = settings;
      const { promise, resolve } = Promise.withResolvers<string | null>();
      const bell = createBell({
        ...{ url, database, channel, clock, random, onRing: () => undefined },
        onState: (state) => resolve(state.state === 'connected' ? null : state.reason),
      });
      signal.addEventListener('abort', () => resolve('no answer came in time'));
      bell.start();
      const reason = await promise;
      await bell.stop();
      return [
        reason === null
          ? ok('bell', 'Odoo’s websocket takes connections.')
          : warning('bell', `Odoo’s websocket cannot be used: ${reason}.`, cure),
      ];
    },
  };
}
