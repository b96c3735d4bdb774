import * as z from 'zod';
import { integer, networks } from './setting.ts';

/** Events that go out as webhooks. */
export const eventsSettings = z.object({
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
