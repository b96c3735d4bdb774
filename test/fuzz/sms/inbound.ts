import { type Generator, request } from '../attack.ts';
import type { Dice } from '../dice.ts';
import { encode, type Json, nastyJson } from '../nasty-json.ts';
import { CANARY, NUMBER_PREFIX, OTHER, OURS } from '../secrets.ts';
import { forgedToken, sign } from './tokens.ts';

type Sms = Record<string, Json>;
type Made = { kind: string; token: string | null; body: Buffer; mustRefuse: boolean };
type Make = (dice: Dice, offered: Parameters<Generator>[1]) => Made;

/** What a captured request holds: it may come again as it was, and with no other words. */
const CAPTURED = sms(7, `${NUMBER_PREFIX}100007`);
const CAPTURED_TOKEN = sign(JSON.stringify(CAPTURED), OURS.webhookSecret);

/** SMS to `POST /gatewayapi/inbound`: genuine ones, and what somebody without the secret could make of them. */
export const attackInbound: Generator = (dice, offered) => {
  const { kind, token, body, mustRefuse } = dice.pick(MAKES)(dice, offered);
  const signature = token === null ? [] : ([['x-gwapi-signature', token]] as const);
  const headers = [['content-type', 'application/json'], ...signature] as const;
  // Administrators mix the two addresses up: each takes both.
  const target = dice.pick(['/gatewayapi/inbound', '/gatewayapi/inbound', '/gatewayapi/dlr']);
  return { kind, request: request({ method: 'POST', target, headers, body }), mustRefuse };
};

const genuine: Make = (dice, offered) => {
  const { id, webhookSecret } = dice.chance(0.8) ? OURS : OTHER;
  const own = believable(dice);
  offered(id, String(own['msisdn']));
  const text = JSON.stringify(own);
  return {
    kind: 'genuine SMS',
    token: sign(text, webhookSecret),
    body: Buffer.from(text),
    mustRefuse: false,
  };
};

const forged: Make = (dice) => {
  const own = unbelievable(dice);
  const token = forgedToken(dice, own, CAPTURED_TOKEN);
  return { kind: 'forged SMS', token, body: Buffer.from(JSON.stringify(own)), mustRefuse: true };
};

/** A true signature over other words: the body is what the forger wants to be believed. */
const reused: Make = (dice, offered) => {
  offered(OURS.id, String(CAPTURED['msisdn']));
  const other = dice.pick([{ id: -1 }, { message: 'START' }, { receiver: 1 }, { senttime: 1 }]);
  const body = Buffer.from(JSON.stringify({ ...CAPTURED, ...other }));
  return { kind: 'SMS signature reused', token: CAPTURED_TOKEN, body, mustRefuse: true };
};

const nastyBody: Make = (dice, offered) => {
  offered(OURS.id, String(CAPTURED['msisdn']));
  const body = encode(dice, nastyJson(dice, CAPTURED));
  return { kind: 'nasty SMS body', token: CAPTURED_TOKEN, body, mustRefuse: false };
};

/** The provider itself says something odd: the number stays the one that was offered, or the SMS is refused. */
const nastyText: Make = (dice, offered) => {
  const own = believable(dice);
  offered(OURS.id, String(own['msisdn']));
  const odd = dice.pick<Json>(['', ' ', '\u0000', CANARY.repeat(200), '<script>', null, [], {}, 0, -1e300]);
  const field = dice.pick(['id', 'receiver', 'message', 'senttime', 'webhook_label', 'payload', 'status']);
  const text = JSON.stringify({ ...own, [field]: odd });
  return {
    kind: 'nasty SMS claims',
    token: sign(text, OURS.webhookSecret),
    body: encode(dice, text),
    mustRefuse: false,
  };
};

const unsigned: Make = (dice) => {
  const own = unbelievable(dice);
  return {
    kind: 'SMS without signature',
    token: null,
    body: Buffer.from(JSON.stringify(own)),
    mustRefuse: true,
  };
};

const MAKES: readonly Make[] = [genuine, forged, forged, reused, nastyBody, nastyText, unsigned];

/** The first digit after the prefix tells whether it may ever be believed. */
const believable = (dice: Dice): Sms => sms(dice.int(1e9), `${NUMBER_PREFIX}1${digits(dice)}`);
const unbelievable = (dice: Dice): Sms => sms(dice.int(1e9), `${NUMBER_PREFIX}2${digits(dice)}`);

function digits(dice: Dice): string {
  return String(dice.int(1e5)).padStart(5, '0');
}

function sms(id: number, msisdn: string): Sms {
  const sent = { senttime: 1_790_000_000, webhook_label: 'in1', country_code: 'DK', country_prefix: 45 };
  return { id, msisdn: Number(msisdn), receiver: 451204, message: `${CANARY} STOP`, ...sent };
}
