import type { Clock } from '../clock.ts';
import { type Endpoint, readEndpoints } from '../records/index.ts';
import { type Database, orNull } from './database.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import type { Check } from './run-checks.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
const OPEN = 'Open it in Odoo: Viaduct > Record API > Endpoints';

/** The endpoints of the record API: whether integrators get in, and whether others might. */
export function recordsCheck({ odoo, hello }: Database, { clock }: { clock: Clock }): Check {
  return {
    name: 'record api',
    cure: 'Run "viaduct provision": the addon viaduct_records must be the one of this Viaduct.',
    run: async () => {
      if ((await orNull(hello()))?.addons['viaduct_records'] === undefined) return [];
      return endpointFindings(await readEndpoints(odoo), clock.nowMs());
    },
  };
}

/** One line for each endpoint with which something is wrong; those that are paused or archived are left out. */
export function endpointFindings(endpoints: readonly Endpoint[], nowMs: number): Finding[] {
  const open = endpoints.filter(({ active, paused }) => active && !paused);
  const all = ok('record api', `${open.length} of ${endpoints.length} endpoints take calls.`);
  return [all, ...open.flatMap((endpoint) => findingsOf(endpoint, nowMs))];
}

function findingsOf({ id, name, auth, keys, networks, userId, expiresAt }: Endpoint, nowMs: number) {
  const check = `endpoint ${id}`;
  const found: Finding[] = [];
  const days = (iso: string) => Math.floor((Date.parse(iso) - nowMs) / DAY_MS);
  if (userId === 0) found.push(fault(check, `"${name}" acts for nobody.`, `${OPEN}, and choose its user.`));
  if (expiresAt !== null && days(expiresAt) < SOON_DAYS) {
    const cure = `${OPEN}, and give it more time, or archive it.`;
    const isOver = days(expiresAt) < 0;
    found.push((isOver ? fault : warning)(check, `"${name}" takes calls until ${expiresAt}.`, cure));
  }
  if (auth === 'public') {
    if (networks.length === 0)
      found.push(
        warning(
          check,
          `"${name}" is public: whoever learns its address acts for its user.`,
          `${OPEN}, and have it ask for a key, or name the networks that may call.`,
        ),
      );
    return found;
  }
  const ends = keys.map(({ expiresAt: end }) => (end === null ? Number.POSITIVE_INFINITY : days(end)));
  const cure = `${OPEN}, and press New Key; the one in use works for 24 hours more.`;
  if (keys.length === 0) found.push(fault(check, `"${name}" has no key: nobody can call it.`, cure));
  else if (Math.max(...ends) < SOON_DAYS)
    found.push(warning(check, `The last key of "${name}" ends in ${Math.max(...ends)} days.`, cure));
  return found;
}
