import { type Generator, request } from '../attack.ts';
import type { Dice } from '../dice.ts';
import { encode, type Json, nastyJson } from '../nasty-json.ts';
import { CANARY, NUMBER_PREFIX, OTHER, OURS } from '../secrets.ts';
import { forgedToken, sign } from './tokens.ts';

type Report = Record<string, Json>;
type Made = { kind: string; token: string | null; body: Buffer; mustRefuse: boolean };
type Make = (dice: Dice, offered: Parameters<Generator>[1]) => Made;

const STATUSES = ['DELIVERED', 'UNDELIVERABLE', 'EXPIRED', 'ENROUTE', 'ACCEPTED', 'BUFFERED', CANARY];
/** What a captured request holds: it may come again as it was, and with no other words. */
const CAPTURED = report(7, `a${'0'.repeat(31)}`);
const CAPTURED_TOKEN = sign(JSON.stringify(CAPTURED), OURS.webhookSecret);

/** Reports to `POST /gatewayapi/dlr`: genuine ones, and what somebody without the secret could make of them. */
export const attackReports: Generator = (dice, offered) => {
  const { kind, token, body, mustRefuse } = dice.pick(MAKES)(dice, offered);
  const signature = token === null ? [] : ([['x-gwapi-signature', token]] as const);
  const headers = [['content-type', 'application/json'], ...signature] as const;
  const names = ['a', '', '../b', '__proto__', CANARY, '%ff', `${OURS.id}&database=b`];
  const target = `/gatewayapi/dlr${dice.chance(0.1) ? `?database=${dice.pick(names)}` : ''}`;
  return { kind, request: request({ method: 'POST', target, headers, body }), mustRefuse };
};

const genuine: Make = (dice, offered) => {
  const { id, webhookSecret } = dice.chance(0.8) ? OURS : OTHER;
  const own = report(dice.int(1e9), uuid(dice, 'a'));
  offered(id, String(own['userref']));
  const text = JSON.stringify(own);
  return {
    kind: 'genuine report',
    token: sign(text, webhookSecret),
    body: Buffer.from(text),
    mustRefuse: false,
  };
};

const forged: Make = (dice) => {
  const own = report(dice.int(1e9), uuid(dice, 'f'));
  const token = forgedToken(dice, own, CAPTURED_TOKEN);
  return { kind: 'forged token', token, body: Buffer.from(JSON.stringify(own)), mustRefuse: true };
};

/** A true signature over other words: the body is what the forger wants to be believed. */
const reused: Make = (dice, offered) => {
  offered(OURS.id, String(CAPTURED['userref']));
  const other = { id: -1, status: 'REJECTED', msisdn: 1, time: -1, userref: uuid(dice, 'f') };
  const body = Buffer.from(JSON.stringify({ ...CAPTURED, ...oneOf(dice, other) }));
  return { kind: 'signature reused', token: CAPTURED_TOKEN, body, mustRefuse: true };
};

/** What is wrong with the body does not matter to a true token unless it contradicts it: both answers are right. */
const nastyBody: Make = (dice, offered) => {
  offered(OURS.id, String(CAPTURED['userref']));
  const body = encode(dice, nastyJson(dice, CAPTURED));
  return { kind: 'nasty body', token: CAPTURED_TOKEN, body, mustRefuse: false };
};

/** The provider itself says something odd. */
const nastyClaims: Make = (dice, offered) => {
  const own = report(dice.int(1e9), uuid(dice, 'a'));
  offered(OURS.id, String(own['userref']));
  const text = nastyJson(dice, own).slice(0, 8_000);
  const body = encode(dice, text);
  return { kind: 'nasty claims', token: sign(text, OURS.webhookSecret), body, mustRefuse: false };
};

const unsigned: Make = (dice) => {
  const own = report(dice.int(1e9), uuid(dice, 'f'));
  const body = dice.chance(0.5) ? Buffer.from(JSON.stringify(own)) : encode(dice, nastyJson(dice, own));
  return { kind: 'no signature', token: null, body, mustRefuse: true };
};

const tooLong: Make = (dice) => {
  const body = Buffer.alloc(dice.chance(0.02) ? 4_000_000 : 16_000 + dice.int(2_000), `"${CANARY}`);
  return { kind: 'body too long', token: CAPTURED_TOKEN, body, mustRefuse: true };
};

const MAKES: readonly Make[] = [genuine, forged, forged, reused, nastyBody, nastyClaims, unsigned, tooLong];

function report(id: number, userref: string): Report {
  const [time, msisdn] = [1_790_000_000, Number(`${NUMBER_PREFIX}${String(id % 1e6).padStart(6, '0')}`)];
  const words = { error: null, code: null, country_code: 'DK', country_prefix: 45, operator: CANARY };
  return { id, msisdn, time, status: STATUSES[id % STATUSES.length] ?? 'DELIVERED', userref, ...words };
}

function oneOf(dice: Dice, fields: Report): Report {
  const name = dice.pick(Object.keys(fields));
  return { [name]: fields[name] ?? null };
}

/** As Odoo writes them. The first letter tells whether it may ever be believed. */
export function uuid(dice: Dice, first: 'a' | 'f'): string {
  return first + dice.bytes(16).toString('hex').slice(1);
}
