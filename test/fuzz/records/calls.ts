import { type Generator, request } from '../attack.ts';
import type { Dice } from '../dice.ts';
import { encode, type Json, nastyJson } from '../nasty-json.ts';
import { CANARY, OTHER, OURS } from '../secrets.ts';
import { WITHHELD } from './database.ts';

/** One call as its sender means it: what is behind the path, and the body. */
export type Call = { target: string; body?: Json };

export type Door = {
  method: string;
  /** A call that is allowed. */
  good: (dice: Dice) => Call;
  /** Calls that reach for more than the endpoint has. */
  widening: readonly Call[];
  /** The call with this key, or with none. */
  sign?: (
    call: Call,
    key: string,
  ) => { target: string; body?: Json; headers: readonly (readonly [string, string])[] };
};

/** What somebody with a key could say to a door, and somebody without one. */
export function attackDoor(door: Door): Generator {
  const { method, sign = byHeader } = door;
  return (dice) => {
    const kind = dice.pick([
      'good',
      'nasty',
      'nasty',
      'widening',
      'widening',
      'wrong key',
      'wrong key',
    ] as const);
    const call = kind === 'widening' && door.widening.length > 0 ? dice.pick(door.widening) : door.good(dice);
    const key =
      kind === 'wrong key' ? wrongKey(dice) : dice.pick([OURS.recordKey, OURS.recordKey, OTHER.recordKey]);
    const { target, body, headers } = sign(call, key);
    const text = kind === 'nasty' ? nastyJson(dice, body ?? null) : JSON.stringify(body ?? null);
    const hasBody = body !== undefined || (kind === 'nasty' && method !== 'GET');
    const made = request({
      ...{ method, target: kind === 'nasty' ? twisted(dice, target) : target, headers },
      ...(hasBody
        ? { body: kind === 'nasty' ? encode(dice, text.slice(0, 40_000)) : Buffer.from(text) }
        : {}),
    });
    const isForged = kind === 'wrong key' || (kind === 'widening' && door.widening.length > 0);
    return { kind: `${kind} call of records`, request: made, mustRefuse: isForged };
  };
}

/** The key in a header of its own. */
export function byHeader({ target, body }: Call, key: string) {
  const headers = [
    ['content-type', 'application/json'],
    ['authorization', `Bearer ${key}`],
  ] as const;
  return { target, headers, ...(body === undefined ? {} : { body }) };
}

function wrongKey(dice: Dice): string {
  const right = OURS.recordKey;
  return dice.pick([
    ...['x', 'null', 'undefined', `${right}x`, right.slice(1), right.toUpperCase(), OURS.recordUuid, OURS.id],
    ...[OURS.pushKey, OURS.nativeToken, OTHER.iapToken, 'vdk_'.padEnd(68, '0'), 'x'.repeat(6_000)],
  ]);
}

function twisted(dice: Dice, target: string): string {
  const [path = '', query] = target.split('?');
  return dice.pick([
    () => target,
    () => `${path}?${CANARY}=1`,
    () => `${path}?domain=${'%5B'.repeat(2_000)}`,
    () =>
      `${path}?fields=${encodeURIComponent(nastyJson(dice, ['name', { country_id: ['code'] }])).slice(0, 6_000)}`,
    () =>
      `${path}?cursor=${dice.bytes(40).toString('base64url')}&limit=${dice.pick(['0', '-1', '1e9', 'NaN'])}`,
    () => `${path}?context=%7B%22default_${WITHHELD}x%22:1%7D`,
    () => `${target}${query === undefined ? '?' : '&'}a[]=1&__proto__=2`,
    () =>
      path.replace(
        'res.partner',
        dice.pick(['__proto__', 'res..partner', '%00', '..%2f', 'RES.PARTNER', 'x'.repeat(300)]),
      ),
    () => path.replace(/\/5$/, dice.pick(['/0', '/-5', '/5.5', '/99999999999999999999', '/%35%00', '/null'])),
  ])();
}
