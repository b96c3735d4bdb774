import { fillForRecords } from './fill-records.ts';
import { isJsonObject, type JsonObject } from './json-text.ts';
import { type PayloadSettings, payloadPlan } from './payload-plan.ts';

export type ReceivedInput = {
  subscription: PayloadSettings;
  /** As it was pushed: `{"event", "timestamp", "data"}`. */
  body: JsonObject;
  /** The name of the source that pushed it. */
  source: string;
  model: string;
};

/**
 * The body by which an event that another Odoo pushed is passed on: as it came, with the name of its source; thin or by a template
 * where the subscription says so. A list of fields is for records of our own Odoo: it changes nothing here. Throws
 * `payload-invalid`.
 */
export function composeReceived({ subscription, body, source, model }: ReceivedInput): string {
  const plan = payloadPlan(subscription);
  const data = isJsonObject(body['data']) ? body['data'] : {};
  const added = Object.entries({ source, ...plan.static });
  if (plan.kind === 'template') {
    const variables = {
      ...{ _event: body['event'] ?? null, _timestamp: body['timestamp'] ?? null, _read_at: null },
      ...{ _model: model, _user_id: null, _old: data['old_values'] ?? null },
    };
    const filled = fillForRecords(plan.template, [data], { variables, onMissing: () => {} });
    return textOf([...Object.entries(filled), ...Object.entries(plan.static)]);
  }
  const thin = { ...body, data: { id: data['id'] ?? null } };
  return textOf([...Object.entries(plan.kind === 'thin' ? thin : body), ...added]);
}

function textOf(members: readonly (readonly [string, unknown])[]): string {
  return JSON.stringify(Object.fromEntries(members));
}
