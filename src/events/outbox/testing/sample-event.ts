import type { DatabaseIdentity } from '../../../odoo/guard/index.ts';
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

export function sampleIdentity(uuid = 'uuid'): DatabaseIdentity {
  return { uuid, neutralized: false, beat: 1, confirmed: { uuid, neutralized: false, instance: null } };
}
