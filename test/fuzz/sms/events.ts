import { createHmac } from 'node:crypto';
import { type Generator, request } from '../attack.ts';
import type { Dice } from '../dice.ts';
import { encode, type Json, nastyJson, nested } from '../nasty-json.ts';
import { CANARY, NUMBER_PREFIX, OTHER, OURS } from '../secrets.ts';
import { uuid } from './reports.ts';
import { forgedToken, sign } from './tokens.ts';

type Header = readonly [name: string, value: string];
type Event = { [name: string]: Json };
type Made = { kind: string; headers: readonly Header[]; body: Buffer; mustRefuse: boolean };
type Make = (dice: Dice, offered: Parameters<Generator>[1]) => Made;

const STATUSES = ['DELIVERED', 'UNDELIVERABLE', 'EXPIRED', 'ENROUTE', 'ACCEPTED', CANARY];
/** What a captured request holds: it may come again as it was, and with no other words. */
const CAPTURED_UUID = `a${'1'.repeat(31)}`;
const CAPTURED = Buffer.from(JSON.stringify(event(7, CAPTURED_UUID)));
const CAPTURED_SIGNATURE = signed(CAPTURED, OURS.webhookSecret);

/** Events to `POST /gatewayapi/events`: genuine ones, and what somebody without the secret could make of them. */
export const attackEvents: Generator = (dice, offered) => {
  const { kind, headers, body, mustRefuse } = dice.pick(MAKES)(dice, offered);
  // Administrators mix the addresses up: each takes all.
  const target = dice.pick(['/gatewayapi/events', '/gatewayapi/events', '/gatewayapi/dlr']);
  const all = [['content-type', 'application/json'], ...headers] as const;
  return { kind, request: request({ method: 'POST', target, headers: all, body }), mustRefuse };
};

const genuine: Make = (dice, offered) => {
  const { id, webhookSecret } = dice.chance(0.8) ? OURS : OTHER;
  const own = uuid(dice, 'a');
  offered(id, own);
  const text = JSON.stringify(event(dice.int(1e9), own));
  const headers: Header = dice.chance(0.8)
    ? ['signature', signed(Buffer.from(text), webhookSecret)]
    : ['x-gwapi-signature', sign(text, webhookSecret)];
  return { kind: 'genuine event', headers: [headers], body: Buffer.from(text), mustRefuse: false };
};

const forged: Make = (dice) => {
  const body = Buffer.from(JSON.stringify(event(dice.int(1e9), uuid(dice, 'f'))));
  return {
    kind: 'forged event',
    headers: [['signature', forgedSignature(dice, body)]],
    body,
    mustRefuse: true,
  };
};

const forgedClaims: Make = (dice) => {
  const own = event(dice.int(1e9), uuid(dice, 'f'));
  const genuineToken = sign(CAPTURED.toString(), OURS.webhookSecret);
  const headers: Header[] = [['x-gwapi-signature', forgedToken(dice, own, genuineToken)]];
  return { kind: 'forged event claims', headers, body: Buffer.from(JSON.stringify(own)), mustRefuse: true };
};

/** A true signature over other bytes, be it only a space more. */
const reused: Make = (dice) => {
  const other = dice.pick([
    () => Buffer.concat([CAPTURED, Buffer.from(' ')]),
    () => CAPTURED.subarray(0, -1),
    () => Buffer.from(CAPTURED.toString().replace(CAPTURED_UUID, uuid(dice, 'f'))),
    () => encode(dice, nastyJson(dice, event(dice.int(1e9), uuid(dice, 'f')))),
  ])();
  const body = other.equals(CAPTURED) ? Buffer.from('{}') : other;
  return {
    kind: 'event signature reused',
    headers: [['signature', CAPTURED_SIGNATURE]],
    body,
    mustRefuse: true,
  };
};

/** A true token beside another body, and a true signature beside a forged token: the bytes that were signed count. */
const mixed: Make = (dice, offered) => {
  offered(OURS.id, CAPTURED_UUID);
  const token = sign(CAPTURED.toString(), OURS.webhookSecret);
  const body = Buffer.from(JSON.stringify(event(dice.int(1e9), uuid(dice, 'f'))));
  if (dice.chance(0.5)) {
    return { kind: 'event token reused', headers: [['x-gwapi-signature', token]], body, mustRefuse: true };
  }
  const signature = forgedSignature(dice, CAPTURED);
  return {
    kind: 'event with two proofs',
    headers: [
      ['signature', signature],
      ['x-gwapi-signature', token],
    ],
    body: CAPTURED,
    // Other things than the messaging API write a header of this name too: then the token counts.
    mustRefuse: signature.startsWith('v1='),
  };
};

/** The provider itself says something odd. */
const nasty: Make = (dice, offered) => {
  const own = uuid(dice, 'a');
  offered(OURS.id, own);
  const text = dice
    .pick([
      () => nastyJson(dice, event(dice.int(1e9), own)),
      () =>
        JSON.stringify({
          ...event(1, own),
          event_type: dice.pick(['', CANARY, 'message.status.rcs', '.status.sms']),
        }),
      () =>
        JSON.stringify({
          ...event(1, own),
          event: dice.pick<Json>([null, [], '', 0, {}, { msg_id: CANARY }]),
        }),
      () => `{"event_id":"1","timestamp":"","event_type":"message.status.sms","event":${nested(2_000)}}`,
    ])()
    .slice(0, 12_000);
  const body = encode(dice, text);
  const headers: Header[] = [['signature', signed(body, OURS.webhookSecret)]];
  return { kind: 'nasty event', headers, body, mustRefuse: false };
};

const unsigned: Make = (dice) => {
  const body = Buffer.from(JSON.stringify(event(dice.int(1e9), uuid(dice, 'f'))));
  return { kind: 'event without signature', headers: [], body, mustRefuse: true };
};

const MAKES: readonly Make[] = [genuine, forged, forged, forgedClaims, reused, mixed, nasty, unsigned];

/** Everything but the true one. */
function forgedSignature(dice: Dice, body: Buffer): string {
  const true_ = signed(body, OURS.webhookSecret);
  return dice.pick([
    () =>
      signed(body, dice.pick(['', 'secret', OURS.iapToken, OURS.token, OURS.id, `${OURS.webhookSecret} `])),
    () => true_.slice(0, 3 + dice.int(63)),
    () => `${true_}00`,
    () => true_.replace('v1=', 'v1= '),
    () => true_.replace('v1=', 'v0='),
    () => true_.replace('v1=', ''),
    () => true_.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    () => `v1=${createHmac('sha256', OURS.webhookSecret).update(body).digest('base64url')}`,
    () => `v1=${createHmac('sha1', OURS.webhookSecret).update(body).digest('hex')}`,
    () => CAPTURED_SIGNATURE.replace(/[0-9a-f]{64}/, '0'.repeat(64)),
    () => dice.pick(['', 'v1', 'v1=', 'v1=,v1=', 'null', `v1=${CANARY}`, `v1=${'x'.repeat(9_000)}`]),
  ])();
}

function signed(body: Buffer, secret: string): string {
  return `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function event(id: number, reference: string): Event {
  const recipient = Number(`${NUMBER_PREFIX}${String(id % 1e6).padStart(6, '0')}`);
  const status = STATUSES[id % STATUSES.length] ?? 'DELIVERED';
  const at = '2026-09-22T10:00:00+00:00';
  return {
    ...{ event_id: String(id), timestamp: at, event_type: 'message.status.sms', operator: CANARY },
    event: { msg_id: `01J${id}`, recipient, reference, status, status_at: at, error: null },
  };
}
