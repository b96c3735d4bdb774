import { type Generator, request } from '../attack.ts';
import type { Dice } from '../dice.ts';
import { encode, type Json, nastyJson, nested } from '../nasty-json.ts';
import { CANARY, NUMBER_PREFIX, OTHER, OURS } from '../secrets.ts';
import { uuid } from './reports.ts';

type Made = { kind: string; body: Buffer; mustRefuse: boolean };
type Make = (dice: Dice, offered: Parameters<Generator>[1]) => Made;

const MIB = 1_048_576;
const LONGEST = 16 * MIB;

/** Posts to `POST /api/sms/3/send`: Odoo's own, and those of somebody without an account. */
export const attackSends: Generator = (dice, offered) => {
  const make = dice.chance(0.002) ? huge : dice.pick(MAKES);
  const { kind, body, mustRefuse } = make(dice, offered);
  const headers = [['content-type', 'application/json']] as const;
  return { kind, request: request({ method: 'POST', target: '/api/sms/3/send', headers, body }), mustRefuse };
};

const genuine: Make = (dice, offered) => {
  const body = Buffer.from(JSON.stringify(ownPost(dice, offered)));
  return { kind: 'genuine post', body, mustRefuse: false };
};

const nasty: Make = (dice, offered) => {
  const body = encode(dice, nastyJson(dice, ownPost(dice, offered)));
  return { kind: 'nasty post', body, mustRefuse: false };
};

/** Tokens of others, of nobody, and of nothing: none of them opens an account of this database. */
const foreign: Make = (dice) => {
  const tokens: Json[] = [
    ...[
      OTHER.iapToken,
      OURS.token,
      OURS.webhookSecret,
      OURS.id,
      `${OURS.iapToken} `,
      OURS.iapToken.toUpperCase(),
    ],
    ...[
      '',
      ' ',
      false,
      null,
      true,
      0,
      [],
      {},
      [OURS.iapToken],
      { $ne: '' },
      '__proto__',
      'constructor',
      'toString',
    ],
    ...[`${OURS.iapToken}\u0000`, `${CANARY} guess`, 'x'.repeat(5_000)],
  ];
  const body = JSON.stringify(post({ uuid: uuid(dice, 'f'), token: dice.pick(tokens), database: OURS.id }));
  return { kind: 'account of others', body: Buffer.from(body), mustRefuse: true };
};

const otherDatabase: Make = (dice) => {
  const ids: Json[] = [
    OTHER.id,
    OURS.id.toUpperCase(),
    `${OURS.id} `,
    '',
    null,
    '__proto__',
    [OURS.id],
    '*',
    '%',
  ];
  const made = post({ uuid: uuid(dice, 'f'), token: OURS.iapToken, database: dice.pick(ids) });
  return { kind: 'database of others', body: Buffer.from(JSON.stringify(made)), mustRefuse: true };
};

const anyText: Make = (dice) => {
  const texts = [
    nested(100_000),
    '{"a":'.repeat(30_000),
    `[${'{},'.repeat(20_000)}0]`,
    `"${'\\'.repeat(9_999)}`,
    '{}',
  ];
  return { kind: 'no post at all', body: encode(dice, dice.pick(texts)), mustRefuse: true };
};

/** At and over the limits of bytes and of messages. */
const huge: Make = (dice) => {
  const recipient = `{"uuid":"${uuid(dice, 'f')}","number":"+${NUMBER_PREFIX}000000"}`;
  const many = (count: number) => recipients(Array<string>(count).fill(recipient).join(','));
  const text = dice.pick([
    () => many(5_001),
    () => many(150_000),
    () => recipients('{},'.repeat(4_000_000).slice(0, -1)),
    () => recipients('[],'.repeat(5_000_000).slice(0, -1)),
    () => `{"jsonrpc":"2.0","id":"${'x'.repeat(LONGEST - 100)}"}`,
    () => `{${Array.from({ length: 500_000 }, (_, n) => `"${n}x":${n}`).join(',')}}`,
    () => ' '.repeat(LONGEST),
    () => ' '.repeat(LONGEST + 1),
  ])();
  return { kind: 'huge post', body: Buffer.from(text), mustRefuse: true };
};

const MAKES: readonly Make[] = [genuine, nasty, nasty, nasty, foreign, otherDatabase, anyText];

function ownPost(dice: Dice, offered: Parameters<Generator>[1]): Json {
  const own = uuid(dice, 'a');
  offered(OURS.id, own);
  return post({ uuid: own, token: OURS.iapToken, database: OURS.id, id: dice.int(1e6) });
}

function post(of: { uuid: string; token: Json; database: Json; id?: number }): { [name: string]: Json } {
  const number = `+${NUMBER_PREFIX}${String((of.id ?? 0) % 1e6).padStart(6, '0')}`;
  const messages = [{ content: `Text with ${CANARY}`, numbers: [{ uuid: of.uuid, number }] }];
  const params = { account_token: of.token, dbuuid: of.database, messages };
  return { jsonrpc: '2.0', method: 'call', id: of.id ?? 1, params };
}

/** A post with these recipients, of an account that does not exist. */
function recipients(numbers: string): string {
  const params = `"account_token":"${CANARY} guess","dbuuid":"${OURS.id}"`;
  return `{"jsonrpc":"2.0","params":{${params},"messages":[{"content":"x","numbers":[${numbers}]}]}}`;
}
