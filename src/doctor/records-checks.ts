import { BlockList } from 'node:net';
import type { Clock } from '../clock.ts';
import { addNetwork } from '../config/index.ts';
import { type Endpoint, neverUsable, readEndpoints } from '../records/index.ts';
import { type Database, hasAddon } from './database.ts';
import { daysUntil, SOON_DAYS } from './days.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import type { Check } from './run-checks.ts';

const OPEN = 'Open it in Odoo: Viaduct > Record API > Endpoints';

/** The endpoints of the record API: whether integrators get in, and whether others might. */
export function recordsCheck(database: Database, { clock }: { clock: Clock }): Check {
  return {
    name: 'record api',
    cure: 'Run "viaduct provision": the addon viaduct_records must be the one of this Viaduct.',
    run: async () => {
      if (!(await hasAddon(database, 'viaduct_records'))) return [];
      return endpointFindings((await readEndpoints(database.odoo)).endpoints, clock.nowMs());
    },
  };
}

/** One line for everything that is wrong with an endpoint; those that are paused or archived are left out. */
export function endpointFindings(endpoints: readonly Endpoint[], nowMs: number): Finding[] {
  const open = endpoints.filter(({ active, paused }) => active && !paused);
  const found = open.map((endpoint) => [
    ...usersAndTimes(endpoint, nowMs),
    ...keysOf(endpoint, nowMs),
    ...allowances(endpoint),
  ]);
  const sound = found.filter((findings) => findings.every(({ state }) => state !== 'fault'));
  return [ok('record api', `${sound.length} of ${endpoints.length} endpoints take calls.`), ...found.flat()];
}

function usersAndTimes({ id, name, userId, userActive, expiresAt }: Endpoint, nowMs: number): Finding[] {
  const check = `endpoint ${id}`;
  const found: Finding[] = [];
  if (userId === 0 || !userActive)
    found.push(fault(check, `The user of "${name}" is archived or gone.`, `${OPEN}, and choose one in use.`));
  if (expiresAt !== null && daysUntil(Date.parse(expiresAt), nowMs) < SOON_DAYS) {
    const isOver = Date.parse(expiresAt) <= nowMs;
    const cure = `${OPEN}, and give it more time, or archive it.`;
    found.push((isOver ? fault : warning)(check, `"${name}" takes calls until ${expiresAt}.`, cure));
  }
  return found;
}

function keysOf({ id, name, auth, keys, networks }: Endpoint, nowMs: number): Finding[] {
  const check = `endpoint ${id}`;
  if (auth === 'public') {
    const cure = `${OPEN}, and have it ask for a key, or name the networks that may call.`;
    const words = `"${name}" is public: whoever learns its address acts for its user.`;
    return networks.length === 0 ? [warning(check, words, cure)] : [];
  }
  const last = Math.max(
    ...keys.map(({ expiresAt }) => (expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt))),
  );
  if (last <= nowMs)
    return [fault(check, `"${name}" has no key: nobody can call it.`, `${OPEN}, and press New Key.`)];
  const days = daysUntil(last, nowMs);
  if (days >= SOON_DAYS) return [];
  return [warning(check, `The last key of "${name}" ends in ${days} days.`, `${OPEN}, and press New Key.`)];
}

/** What an administrator wrote that can never work. */
function allowances({ id, name, networks, grants }: Endpoint): Finding[] {
  const check = `endpoint ${id}`;
  const found: Finding[] = [];
  const wrong = networks.filter((network) => !addNetwork(new BlockList(), network));
  if (wrong.length > 0) {
    const words = `Of the networks of "${name}" these are none: ${wrong.join(', ')}.`;
    found.push(fault(check, words, `${OPEN}, and write addresses or networks, as 10.0.0.0/8.`));
  }
  if (grants.length === 0)
    found.push(fault(check, `"${name}" allows no model.`, `${OPEN}, and add a line for each.`));
  const dead = neverUsable(grants);
  if (dead.length > 0) {
    const words = `"${name}" allows what never works: ${dead.join(', ')}.`;
    found.push(warning(check, words, `${OPEN}, and mend the lines.`));
  }
  return found;
}
