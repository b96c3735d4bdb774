import type { Clock } from '../clock.ts';
import { OdooError } from '../odoo/index.ts';
import { askHttp } from './ask-http.ts';
import type { Database } from './database.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import type { Check } from './run-checks.ts';

const OLDEST = 17;
const NEWEST = 19;
/** Beyond it the tags of records that were changed a moment ago are exact to the second only. */
const MOST_DIFFERENCE_S = 9;

/** Whether Odoo answers at all, which one it is, and what time it has. */
export function reachabilityChecks({ settings, version }: Database, clock: Clock): Check[] {
  const { url, settingNames: names } = settings;
  return [
    {
      name: 'odoo',
      cure: `Start Odoo, or set ${names.url} to where it answers; now it is ${url}.`,
      run: async () => [versionFinding(await version())],
    },
    {
      name: 'clock',
      cure: 'Start Odoo, so that its time can be read.',
      run: async (signal) => {
        const beforeMs = clock.nowMs();
        const answer = await askHttp(`${url.replace(/\/+$/, '')}/web/health`, { signal }).catch(() => null);
        const odooMs = Date.parse(answer?.header('date') ?? '');
        if (answer === null || Number.isNaN(odooMs)) return [];
        return [clockFinding(Math.round((odooMs - (beforeMs + clock.nowMs()) / 2) / 1000))];
      },
    },
  ];
}

function versionFinding({ major, text }: { major: number; text: string }): Finding {
  if (major < OLDEST) {
    return fault('odoo', `Odoo ${text} answers.`, `Viaduct needs Odoo ${OLDEST} or newer: upgrade it.`);
  }
  if (major <= NEWEST) return ok('odoo', `Odoo ${text} answers.`);
  return warning(
    'odoo',
    `Odoo ${text} answers, which is newer than what this Viaduct was tested with.`,
    'Look for a newer Viaduct.',
  );
}

/** By whole seconds: the header Date has no more. */
export function clockFinding(differenceSeconds: number): Finding {
  const seconds = Math.abs(differenceSeconds);
  const words = `Odoo's clock is ${seconds} s ${differenceSeconds < 0 ? 'behind' : 'ahead of'} this machine's.`;
  if (seconds <= MOST_DIFFERENCE_S) return ok('clock', words);
  return warning('clock', words, 'Let both machines follow a time server (NTP).');
}

/** Whether the database is there and takes the login; everything else about it stands on this. */
export function loginCheck({ settings, odoo, version }: Database): Check {
  const { database, login, settingNames: names } = settings;
  const cure = `Check ${names.database} (${database}), ${names.login} (${login}) and ${names.password}; "viaduct provision" makes the user.`;
  return {
    name: 'odoo login',
    cure,
    run: async () => {
      if ((await version().catch(() => null)) === null) return [];
      try {
        await odoo.call('res.users', 'context_get', [], { idempotent: true });
      } catch (error) {
        if (!(error instanceof OdooError) || error.code !== 'odoo-database-missing') throw error;
        return [
          fault('odoo login', `Odoo has no database "${database}".`, 'Set ODOO_DATABASE to one it has.'),
        ];
      }
      return [ok('odoo login', `Odoo takes ${login} into ${database}, over ${odoo.transport()}.`)];
    },
  };
}
