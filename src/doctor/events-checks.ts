import { createEventRecords, type Subscription } from '../events/index.ts';
import { type Database, hasAddon } from './database.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import type { Check } from './run-checks.ts';

const OPEN = 'Open it in Odoo: Viaduct > Webhooks > Subscriptions';
const RULES_CURE =
  'Start Viaduct, which makes them within a minute. If they stay so, look at its log for why Odoo refuses them.';

/** The webhooks of the database: whether Odoo tells of what is subscribed to, and whether the destinations take it. */
export function eventsCheck(database: Database): Check {
  return {
    name: 'webhooks',
    cure: 'Run "viaduct provision": the addon viaduct_events must be the one of this Viaduct.',
    run: async () => {
      if (!(await hasAddon(database, 'viaduct_events'))) return [];
      const { subscriptions, rulesStale } = await createEventRecords(database.odoo).readSubscriptions();
      return eventFindings(subscriptions, rulesStale);
    },
  };
}

/** One line for each destination that does not take what it is sent; one that a person paused is only counted. */
export function eventFindings(
  subscriptions: readonly Pick<Subscription, 'id' | 'name' | 'active' | 'paused' | 'state'>[],
  rulesStale: boolean,
): Finding[] {
  const active = subscriptions.filter((subscription) => subscription.active);
  const paused = active.filter((subscription) => subscription.paused);
  const stale = 'The automation rules in Odoo are not what the subscriptions need: changes may go untold.';
  const sound = `${active.length} subscriptions, ${paused.length} of them paused by a person; the rules in Odoo are as they need.`;
  return [
    rulesStale ? warning('webhooks', stale, RULES_CURE) : ok('webhooks', sound),
    ...active.flatMap((subscription) => (subscription.paused ? [] : stateFinding(subscription))),
  ];
}

function stateFinding({ id, name, state }: Pick<Subscription, 'id' | 'name' | 'state'>): Finding[] {
  const check = `webhook ${id}`;
  switch (state) {
    case 'ok':
      return [];
    case 'failing':
      return [
        warning(
          check,
          `The destination of "${name}" fails; its deliveries are tried again.`,
          `${OPEN}, and look at the last of its deliveries.`,
        ),
      ];
    case 'paused':
      return [
        fault(
          check,
          `The destination of "${name}" has failed for so long that it is only probed; its events are kept.`,
          `Mend the destination. ${OPEN}, and press Resume to begin at once.`,
        ),
      ];
    case 'stopped':
      return [
        fault(
          check,
          `The destination of "${name}" answered 410 Gone: nothing is sent to it any more.`,
          `${OPEN}, and change its URL and press Resume, or archive it.`,
        ),
      ];
  }
}
