import * as z from 'zod';
import { integer, networks } from './setting.ts';

/** Events that go out as webhooks. */
export const eventsSettings = z.object({
  pollMs: integer({
    name: 'VIADUCT_EVENTS_POLL_MS',
    help: 'How often Odoo’s outbox is looked at while the bell is not connected. With the bell a look every 5 s is the safety net.',
    fallback: '1000',
    min: 50,
    max: 60_000,
  }),
  drainEvents: integer({
    name: 'VIADUCT_EVENTS_DRAIN_EVENTS',
    help: 'Events that one call takes out of Odoo’s outbox.',
    fallback: '500',
    min: 1,
    max: 5000,
  }),
  buildEvents: integer({
    name: 'VIADUCT_EVENTS_BUILD_EVENTS',
    help: 'Events whose payloads are read from Odoo in one call.',
    fallback: '200',
    min: 1,
    max: 1000,
  }),
  ruleQuietMs: integer({
    name: 'VIADUCT_EVENTS_RULE_QUIET_MS',
    help: 'How long subscriptions must have been left alone before Odoo’s rules are made anew, since that makes Odoo load its models again.',
    fallback: '2000',
    min: 0,
    max: 600_000,
  }),
  allowedNetworks: networks({
    name: 'VIADUCT_EVENTS_ALLOWED_NETWORKS',
    help: 'Networks that every subscription may send to although their addresses are not public. A subscription in Odoo can open private and loopback addresses for itself; metadata services, link-local and the like are opened only here.',
    fallback: '',
  }),
  pauseFailures: integer({
    name: 'VIADUCT_EVENTS_PAUSE_FAILURES',
    help: 'Failures in a row after which a destination is paused, if the first of them is long enough ago.',
    fallback: '10',
    min: 1,
    max: 1000,
  }),
  pauseMinutes: integer({
    name: 'VIADUCT_EVENTS_PAUSE_MINUTES',
    help: 'How long a destination must have been failing before it is paused.',
    fallback: '5',
    min: 0,
    max: 1440,
  }),
});
