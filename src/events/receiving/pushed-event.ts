import type { Json } from '../../odoo/index.ts';
import { DOCUMENTED_TYPES } from '../catalogue/index.ts';
import { momentText } from '../moment.ts';
import { isJsonObject, type JsonObject } from '../payload/index.ts';

/** Addresses for pushed events, and the models that they are about. */
export const PUSH_MODELS = {
  'sale-order': 'sale.order',
  invoice: 'account.move',
  partner: 'res.partner',
  lead: 'crm.lead',
} as const;
export type PushKind = keyof typeof PUSH_MODELS;

/** What was pushed, as far as it must be understood. */
export type PushedEvent = { type: string; model: string; recordId: number; at: string };
export type ReadPush = { ok: true; event: PushedEvent } | { ok: false; words: string };

const MOMENT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;
const GREATEST_ID = 2_147_483_647;
/** Deeper bodies are no event, and cost more than they say. */
const DEEPEST = 32;
const NO_OBJECT: ReadPush = { ok: false, words: 'Expected a JSON object.' };

/** What is said of a body that is too deep. */
export const TOO_DEEP: ReadPush = { ok: false, words: `Nested deeper than ${DEEPEST} levels.` };

/** True for a body that nobody should walk through. */
export function isTooDeep(body: Json): boolean {
  return isDeeperThan(body, DEEPEST);
}

/** Reads `{"event", "timestamp", "data": {"id"}}` at the address of a kind; words say what is wrong and what was expected. */
export function readPushedEvent(kind: PushKind, body: Json, nowMs: number): ReadPush {
  if (!isJsonObject(body)) return NO_OBJECT;
  const model = PUSH_MODELS[kind];
  const types = DOCUMENTED_TYPES.filter((type) => type.model === model).map(({ name }) => name);
  const type = body['event'];
  if (typeof type !== 'string') return refused('event: expected a text, as "sale.order.updated".');
  if (!types.includes(type)) return refused(`event: this address takes ${types.join(', ')}.`);
  const at = momentOf(body['timestamp'], nowMs);
  if (at === null) {
    return refused(
      'timestamp: expected a time, as "2025-01-22T10:30:00Z", since 2000 and not after tomorrow.',
    );
  }
  const data = body['data'];
  if (!isJsonObject(data)) return refused('data: expected an object.');
  const recordId = recordIdOf(data['id']);
  if (recordId === null) return refused('data.id: expected the id of the record, a whole number from 1.');
  return { ok: true, event: { type, model, recordId, at } };
}

/** Reads what Odoo's own webhook action sends: `_model`, `_id`, `_action` and the fields that were chosen. */
export function readNativePush(kinds: string, body: Json, nowMs: number): ReadPush {
  if (!isJsonObject(body)) return NO_OBJECT;
  const model = body['_model'];
  if (typeof model !== 'string' || !/^[a-z0-9_.]{1,128}$/i.test(model)) {
    return refused(
      '_model: expected the name of a model, as Odoo’s action "Send Webhook Notification" sends it.',
    );
  }
  const expected = isPushKind(kinds) ? PUSH_MODELS[kinds] : null;
  if (expected !== null && model !== expected)
    return refused(`_model: this source may push ${expected} only.`);
  const recordId = recordIdOf(body['_id']);
  if (recordId === null) return refused('_id: expected the id of the record, a whole number from 1.');
  return { ok: true, event: { type: `${model}.received`, model, recordId, at: momentText(nowMs) } };
}

/** What Odoo's own webhook action sends, in the shape of all events. */
export function nativeEvent(body: JsonObject, { type, recordId, at }: PushedEvent): JsonObject {
  const fields = Object.entries(body).filter(([name]) => !name.startsWith('_') && name !== 'id');
  const action = body['_action'];
  return {
    event: type,
    timestamp: at,
    data: Object.fromEntries([['id', recordId], ...fields]),
    ...(typeof action === 'string' ? { action } : {}),
  };
}

/** True for the name of an address for pushed events. */
export function isPushKind(word: string): word is PushKind {
  return Object.hasOwn(PUSH_MODELS, word);
}

function refused(words: string): ReadPush {
  return { ok: false, words };
}

function recordIdOf(id: Json | undefined): number | null {
  return typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= GREATEST_ID ? id : null;
}

/** Without an offset it is UTC, as Odoo keeps all times. */
function momentOf(text: Json | undefined, nowMs: number): string | null {
  const parts = typeof text === 'string' ? MOMENT.exec(text) : null;
  if (parts === null) return null;
  const ms = Date.parse(`${parts[1]}T${parts[2]}${parts[3] ?? 'Z'}`);
  return ms >= EARLIEST_MS && ms <= nowMs + DAY_MS ? momentText(ms) : null;
}

function isDeeperThan(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((item) => isDeeperThan(item, depth - 1));
}
