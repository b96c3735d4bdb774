import { createHmac } from 'node:crypto';
import { type Generator, request } from '../attack.ts';
import type { Dice } from '../dice.ts';
import { encode, type Json, nastyJson, nested } from '../nasty-json.ts';
import { CANARY, OTHER, OURS } from '../secrets.ts';
import { HMAC_SOURCE, PLAIN_SOURCE } from './sources.ts';

type Header = readonly [name: string, value: string];
type Made = { kind: string; headers: readonly Header[]; body: Buffer; mustRefuse: boolean };
type Address = { path: string; event: string; model: string };
type Make = (dice: Dice, address: Address, offered: Parameters<Generator>[1]) => Made;

const ADDRESSES: readonly Address[] = [
  { path: 'sale-order', event: 'sale.order.updated', model: 'sale.order' },
  { path: 'invoice', event: 'account.move.validated', model: 'account.move' },
  { path: 'partner', event: 'res.partner.deleted', model: 'res.partner' },
  { path: 'lead', event: 'crm.lead.won', model: 'crm.lead' },
];
/** No record of whoever may push has such a number. */
const FORGED_ID = 1_000_000_000;

/** Events to `POST /webhooks/odoo/<path>`: genuine ones, and what somebody without key or secret could make of them. */
export function attackPushes(path: string): Generator {
  return (dice, offered) => {
    const address = ADDRESSES.find((candidate) => candidate.path === path) ?? ADDRESSES[0];
    if (address === undefined) throw new RangeError('There are no addresses.');
    const { kind, headers, body, mustRefuse } = dice.pick(MAKES)(dice, address, offered);
    const all = [['content-type', 'application/json'], ...headers] as const;
    const target = `/webhooks/odoo/${path}`;
    return { kind, request: request({ method: 'POST', target, headers: all, body }), mustRefuse };
  };
}

const genuine: Make = (dice, { event, model }, offered) => {
  const database = dice.chance(0.8) ? OURS : OTHER;
  const id = 1 + dice.int(1e6);
  const text = push(event, id);
  const isSigned = dice.chance(0.5);
  offered(database.id, `${isSigned ? HMAC_SOURCE : PLAIN_SOURCE}:${model},${id}`);
  // What is cut on its way is refused, and kept as that.
  offered(database.id, `${PLAIN_SOURCE}:,0`);
  const headers = isSigned
    ? [bearer(database.signedKey), ['x-signature', hmac(text, database.pushSecret)] as const]
    : [bearer(database.pushKey)];
  return { kind: 'genuine push', headers, body: Buffer.from(text), mustRefuse: false };
};

const wrongKey: Make = (dice, { event }) => {
  const keys = [
    ...['', ' ', 'null', 'undefined', `${OURS.pushKey}x`, OURS.pushKey.slice(1), OURS.pushKey.toUpperCase()],
    ...[OURS.nativeToken, OURS.pushSecret.replaceAll(' ', '-'), OURS.iapToken, OURS.id, 'x'.repeat(6_000)],
  ];
  const schemes = ['Bearer ', 'bearer ', 'Basic ', 'Bearer  ', 'Bearer\t', 'Token ', ''];
  return {
    kind: 'push with a wrong key',
    headers: [['authorization', dice.pick(schemes) + dice.pick(keys)]],
    body: Buffer.from(push(event, FORGED_ID + dice.int(1e6))),
    mustRefuse: true,
  };
};

/** The key is right, the signature is that of something else. */
const wrongSignature: Make = (dice, { event }) => {
  const text = push(event, FORGED_ID + dice.int(1e6));
  const right = hmac(text, OURS.pushSecret);
  const signature = dice.pick([
    () => '',
    () => hmac(push(event, 1), OURS.pushSecret),
    () => hmac(text, dice.pick(['', OURS.pushKey, OURS.signedKey, OTHER.pushSecret])),
    () => right.slice(0, dice.int(64)),
    () => `${right}00`,
    () => `sha1=${right}`,
    () => right.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    () => Buffer.from(right, 'hex').toString('base64'),
    () => 'zz'.repeat(32),
  ])();
  const headers = [bearer(OURS.signedKey), ['x-signature', signature] as const];
  return { kind: 'push with a wrong signature', headers, body: Buffer.from(text), mustRefuse: true };
};

const stranger: Make = (dice, { event }) => {
  const body = Buffer.from(push(event, FORGED_ID + dice.int(1e6)));
  return { kind: 'push without a key', headers: [], body, mustRefuse: true };
};

/** A known sender says something odd: it is refused and kept, or taken for the record that was offered. */
const nasty: Make = (dice, { event, model }, offered) => {
  offered(OURS.id, `${PLAIN_SOURCE}:${model},7`);
  offered(OURS.id, `${PLAIN_SOURCE}:,0`);
  const text = dice.pick([
    () => nastyJson(dice, JSON.parse(push(event, 7))),
    () => push(dice.pick(['', '*.updated', `${model}.sent`, CANARY, '__proto__', event.toUpperCase()]), 7),
    () => push(event, dice.pick<Json>(['7', 7.5, -7, 0, null, [7], { id: 7 }, true])),
    () => `{"event":"${event}","timestamp":"2025-01-22T10:30:00Z","data":{"id":7,"a":${nested(2_000)}}}`,
    () => `{"event":"${event}","timestamp":"${'9'.repeat(3_000)}","data":{"id":7}}`,
  ])();
  return {
    kind: 'nasty push',
    headers: [bearer(OURS.pushKey)],
    body: encode(dice, text.slice(0, 40_000)),
    mustRefuse: false,
  };
};

const MAKES: readonly Make[] = [genuine, wrongKey, wrongKey, wrongSignature, wrongSignature, stranger, nasty];

function push(event: string, id: Json): string {
  const data = { id, name: CANARY, partner_name: 'École', amount_total: 12.5 };
  return JSON.stringify({ event, timestamp: '2025-01-22T10:30:00Z', data });
}

function bearer(key: string): Header {
  return ['authorization', `Bearer ${key}`];
}

function hmac(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}
