import { request } from './attack.ts';
import { createVisitor } from './connection.ts';
import type { Dice } from './dice.ts';
import type { Ledger } from './ledger.ts';
import { sign } from './sms/tokens.ts';
import { asPlainAttack } from './transport.ts';

const ADDRESS = '127.250.0.1';
const GUESSES = 200;
/** VIADUCT_HTTP_REFUSALS_PER_MINUTE as it is by default. */
const REFUSALS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

/** One visitor who guesses secrets, each time with another lie about his address. */
export async function guessAgainAndAgain(parts: { port: number; ledger: Ledger; dice: Dice }): Promise<void> {
  const { port, ledger, dice } = parts;
  const visitor = createVisitor({ port, address: ADDRESS });
  const startedMs = performance.now();
  let judged = 0;
  for (let guess = 0; guess < GUESSES; guess += 1) {
    const lie = [dice.int(256), dice.int(256), dice.int(256), dice.int(256)].join('.');
    const headers = [
      ['x-forwarded-for', lie],
      ['x-gwapi-signature', sign('{"id":1}', `guess ${guess}`)],
    ] as const;
    const made = request({
      method: 'POST',
      target: '/gatewayapi/dlr',
      headers,
      body: Buffer.from('{"id":1}'),
    });
    const attack = asPlainAttack('POST /gatewayapi/dlr', {
      kind: 'guessed secret',
      request: made,
      mustRefuse: true,
    });
    const outcome = await visitor.carryOut(attack);
    ledger.note(attack, outcome);
    judged += outcome.answers.filter(({ status }) => status !== 429).length;
  }
  visitor.leave();
  const windows = 1 + Math.floor((performance.now() - startedMs) / MINUTE_MS);
  if (judged > windows * REFUSALS_PER_MINUTE) ledger.fault('limitEvaded', `${judged} guesses were judged`);
}
