import type { Clock } from '../clock.ts';
import type { Config } from '../config/index.ts';
import { addonProblems } from '../odoo/provisioning/index.ts';
import { type Database, orNull, type Service } from './database.ts';
import { daysUntil, SOON_DAYS } from './days.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import type { Check } from './run-checks.ts';

const PROVISION = 'Run "viaduct provision".';
const MANIFESTS = new URL('../../addon-manifests', import.meta.url).pathname;

/** What provisioning brings: the service's user and his rights, the addons, the way of the SMS. */
export function serviceChecks(
  database: Database,
  { config, clock }: { config: Config; clock: Clock },
): Check[] {
  const { odoo, version, hello, service } = database;
  const canSignIn = () =>
    odoo.call('res.users', 'context_get', [], { idempotent: true }).then(
      () => true,
      () => false,
    );
  return [
    {
      name: 'service user',
      cure: `${PROVISION} The user must be in the group Viaduct Service, and the addons must be those of this Viaduct.`,
      run: async () => {
        if (!(await canSignIn())) return [];
        const end = await orNull(database.keyEnd());
        const { password } = database.settings.settingNames;
        const key = end === null ? [] : [keyFinding(end, { nowMs: clock.nowMs(), setting: password })];
        return [rightsFinding(await service()), ...key];
      },
    },
    {
      name: 'addons',
      cure: PROVISION,
      run: async () => {
        const [known, told] = [await orNull(version()), await orNull(hello())];
        if (known === null || told === null) return [];
        const text = (await orNull(service()))?.provisioning ?? null;
        const problems = await addonProblems({
          ...{ manifestsDirectory: MANIFESTS, major: known.major, installed: told.addons, apps: told.apps },
          provisioning: text,
        });
        if (problems.length > 0) return problems.map((words) => fault('addons', words, PROVISION));
        const names = Object.entries(told.addons).map(([name, number]) => `${name} ${number}`);
        return [ok('addons', `${names.join(', ')}: as this Viaduct has them.`)];
      },
    },
    {
      name: 'sms endpoint',
      cure: PROVISION,
      run: async () => {
        const told = await orNull(service());
        return told === null ? [] : [endpointFinding(told.smsEndpoint, config.http.internalUrl)];
      },
    },
  ];
}

function rightsFinding({ administrator, internal }: Service): Finding {
  const cure = 'Give Viaduct a login of its own that "viaduct provision" makes, with no other rights.';
  if (administrator) return fault('service user', 'Viaduct works as an administrator of Odoo.', cure);
  return internal
    ? warning(
        'service user',
        'Viaduct works as an internal user, who takes a seat and sees more than he needs.',
        cure,
      )
    : ok('service user', 'The user has the rights of the service and no others.');
}

/** Of the API key that is used; a Viaduct that runs renews it two weeks before its end. */
export function keyFinding(end: Date, { nowMs, setting }: { nowMs: number; setting: string }): Finding {
  const days = daysUntil(end.getTime(), nowMs);
  const words = `The API key ends in ${days} days.`;
  if (days >= SOON_DAYS) return ok('api key', words);
  const cure = `Let Viaduct run, which renews it; or make a new one for the user in Odoo and set ${setting} to it.`;
  return warning('api key', words, cure);
}

export function endpointFinding(found: string | null, expected: string): Finding {
  const name = 'sms endpoint';
  const trimmed = (url: string) => url.replace(/\/+$/, '');
  if (found === null) {
    return fault(name, 'Odoo sends SMS elsewhere: its parameter sms.endpoint is not set.', PROVISION);
  }
  if (trimmed(found) === trimmed(expected)) return ok(name, `Odoo hands its SMS to ${expected}.`);
  return fault(
    name,
    `Odoo hands its SMS to ${found}, but Viaduct is at ${expected}.`,
    `${PROVISION} If Odoo reaches Viaduct at ${found}, set VIADUCT_INTERNAL_URL to that.`,
  );
}
