import type { DatabaseIdentity } from '../../../odoo/guard/index.ts';
import type { Subscription } from '../../subscriptions/subscription.ts';
import type { OutboxEvent } from '../event.ts';

/** A contact that got another name. */
export function sampleEvent(more: Partial<OutboxEvent> = {}): OutboxEvent {
  return {
    ...{ key: 'event-1', model: 'res.partner', recordId: 7, kind: 'record', created: false, deleted: false },
    ...{ old: { name: 'Before' }, new: { name: 'After' }, userId: 2, origin: null, found: false },
    ...{ at: '2026-01-22T10:30:00Z', subscriptionId: null, ids: [] },
    ...more,
  };
}

/** Who is told of contacts. */
export function sampleSubscription(more: Partial<Subscription> = {}): Subscription {
  return {
    ...{ id: 1, name: 'Sample', active: true, model: 'res.partner', events: ['res.partner.updated'] },
    ...{ changeFields: [], stateField: null, domain: '', userId: 2, companyId: null },
    ...{ url: 'https://example.com/hook', method: 'POST', headers: '', payload: 'full' },
    ...{
      fieldList: '',
      template: '',
      static: '',
      secret: 'whsec_c2VjcmV0',
      oldSecret: '',
      oldSecretUntil: null,
    },
    ...{ apiKey: '', hmac: false, hmacHeader: '', timeoutSeconds: 15, concurrency: 4, ratePerSecond: 0 },
    ...{ maxBytes: 1_048_576, schedule: '', allowPrivate: false, ignoreOwn: false, received: false },
    ...{ originToken: 'origin-1', paused: false, state: 'ok' },
    ...more,
  };
}

export function sampleIdentity(uuid = 'uuid'): DatabaseIdentity {
  return { uuid, neutralized: false, beat: 1, confirmed: { uuid, neutralized: false, instance: null } };
}
