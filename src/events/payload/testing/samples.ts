import type { ComposeInput } from '../compose.ts';
import type { PayloadSettings } from '../payload-plan.ts';

/** An event of a change to an order, or another one. */
export function sampleEvent(parts: Partial<ComposeInput['event']> = {}): ComposeInput['event'] {
  return {
    ...{ model: 'sale.order', recordId: 123, kind: 'record', created: false, deleted: false },
    ...{ old: {}, new: {}, userId: 2, at: '2025-01-22T10:30:00Z', ids: [] },
    ...parts,
  };
}

/** What a subscription says of its payload. */
export function samplePayloadSettings(parts: Partial<PayloadSettings> = {}): PayloadSettings {
  return {
    ...{ model: 'sale.order', payload: 'full', fieldList: '', template: '', static: '', changeFields: [] },
    ...parts,
  };
}

/** A placeholder with a dollar. */
export function inDollars(path: string): string {
  return `$\{${path}}`;
}
