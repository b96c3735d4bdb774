import { type Generator, request } from '../attack.ts';
import type { Dice } from '../dice.ts';
import { encode, type Json, nastyJson } from '../nasty-json.ts';
import { CANARY, OTHER, OURS } from '../secrets.ts';
import { PLAIN_SOURCE } from './sources.ts';

type Made = { kind: string; token: string; body: Buffer; mustRefuse: boolean };
type Make = (dice: Dice, offered: Parameters<Generator>[1]) => Made;

const MODEL = 'project.task';
/** Names that every object has: they could be models, for all that Viaduct knows. */
const ODD_MODELS: readonly string[] = ['__proto__', 'constructor', 'toString'];
const FORGED_ID = 1_000_000_000;

/** What Odoo's own webhook action sends to `POST /webhooks/odoo/native/<token>`, and what others could. */
export const attackNatives: Generator = (dice, offered) => {
  const { kind, token, body, mustRefuse } = dice.pick(MAKES)(dice, offered);
  const headers = [['content-type', 'application/json']] as const;
  const target = `/webhooks/odoo/native/${token}`;
  return { kind, request: request({ method: 'POST', target, headers, body }), mustRefuse };
};

const genuine: Make = (dice, offered) => {
  const { id, nativeToken } = dice.chance(0.8) ? OURS : OTHER;
  const record = 1 + dice.int(1e6);
  offered(id, `${PLAIN_SOURCE}:${MODEL},${record}`);
  // What is cut on its way is refused, and kept as that.
  offered(id, `${PLAIN_SOURCE}:,0`);
  const body = Buffer.from(JSON.stringify(native(record)));
  return { kind: 'genuine webhook of Odoo', token: nativeToken, body, mustRefuse: false };
};

const wrongToken: Make = (dice) => {
  const right = OURS.nativeToken;
  const token = dice.pick([
    ...[
      '',
      'x',
      'null',
      '%00',
      '..',
      '%2e%2e%2fsale-order',
      `${right}x`,
      right.slice(1),
      right.toUpperCase(),
    ],
    ...[OURS.pushKey, OURS.id, `${right}/x`, `x/${right}`, 'a'.repeat(3_000), '%e0%a4%a', ':token', '*'],
  ]);
  const body = Buffer.from(JSON.stringify(native(FORGED_ID + dice.int(1e6))));
  return { kind: 'webhook of Odoo to a wrong address', token, body, mustRefuse: true };
};

const nasty: Make = (dice, offered) => {
  for (const model of [MODEL, ...ODD_MODELS]) offered(OURS.id, `${PLAIN_SOURCE}:${model},7`);
  offered(OURS.id, `${PLAIN_SOURCE}:,0`);
  const body = encode(dice, nastyJson(dice, native(7)).slice(0, 40_000));
  return { kind: 'nasty webhook of Odoo', token: OURS.nativeToken, body, mustRefuse: false };
};

const MAKES: readonly Make[] = [genuine, wrongToken, wrongToken, nasty];

function native(id: number): Json {
  return { _action: `${CANARY}(#7)`, _id: id, _model: MODEL, id, name: CANARY, stage_id: 2 };
}
