import { createHmac } from 'node:crypto';
import type { Dice } from '../dice.ts';
import { nested } from '../nasty-json.ts';
import { CANARY, OURS } from '../secrets.ts';

export type Claims = Readonly<Record<string, unknown>>;

const HEADER = '{"typ":"JWT","alg":"HS256"}';

/** A token as the provider makes it, with any header and any secret. */
export function sign(claims: string, secret: string, header: string = HEADER, algorithm = 'sha256'): string {
  const signed = `${encoded(header)}.${encoded(claims)}`;
  return `${signed}.${createHmac(algorithm, secret).update(signed).digest('base64url')}`;
}

/** Token that nobody may believe, though its claims are fine. `genuine` is one that was believed before. */
export function forgedToken(dice: Dice, claims: Claims, genuine: string): string {
  const text = JSON.stringify(claims);
  return dice.pick([wrongKey, otherAlgorithm, headerTrick, swapped, spoiltTime, malformed])(
    dice,
    text,
    genuine,
  );
}

function wrongKey(dice: Dice, claims: string): string {
  const keys = [
    '',
    ' ',
    'secret',
    'null',
    'undefined',
    `${OURS.webhookSecret} `,
    OURS.webhookSecret.toUpperCase(),
  ];
  return sign(claims, dice.pick([...keys, OURS.iapToken, OURS.token, OURS.id, HEADER, `${CANARY} guess`]));
}

function otherAlgorithm(dice: Dice, claims: string): string {
  const names = [
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'HS384',
    'HS512',
    'RS256',
    'ES256',
    'PS256',
    'EdDSA',
    'dir',
    'hs256',
  ];
  const header = `{"typ":"JWT","alg":${JSON.stringify(dice.pick(names))}}`;
  const unsigned = `${encoded(header)}.${encoded(claims)}.`;
  return dice.pick([
    () => unsigned,
    () => sign(claims, OURS.webhookSecret, header),
    () => sign(claims, OURS.webhookSecret, header, 'sha512'),
    () => sign(claims, '', header),
    () => sign(claims, OURS.webhookSecret, '{"alg":null}'),
    () => sign(claims, OURS.webhookSecret, '{"alg":["HS256"]}'),
  ])();
}

/** Headers that point at a key of the forger's own, or ask to be read in another way. */
function headerTrick(dice: Dice, claims: string): string {
  const guess = `${CANARY} guess`;
  const jwk = `{"kty":"oct","k":"${encoded(guess)}"}`;
  const members = [
    ...[
      '"kid":"../../../../dev/null"',
      '"kid":"/proc/sys/kernel/randomize_va_space"',
      `"kid":"' union select 'x"`,
    ],
    ...[`"jwk":${jwk}`, '"jku":"http://127.0.0.1:1/keys"', '"x5u":"http://127.0.0.1:1/x"', '"x5c":["AAAA"]'],
    ...[
      '"crit":["b64"],"b64":false',
      '"b64":false',
      '"crit":[]',
      '"crit":["exp"]',
      '"zip":"DEF"',
      '"cty":"JWT"',
    ],
    ...['"alg":"none"', '"__proto__":{"alg":"none"}', '"constructor":null', `"pad":"${'x'.repeat(3_000)}"`],
  ];
  const header = dice.chance(0.5)
    ? `{"alg":"HS256",${dice.pick(members)}}`
    : `{${dice.pick(members)},"alg":"HS256"}`;
  return sign(claims, dice.pick([guess, '', '0']), header);
}

/** Parts of a genuine token around words of one's own. */
function swapped(dice: Dice, claims: string, genuine: string): string {
  const [header = '', payload = '', signature = ''] = genuine.split('.');
  const own = encoded(claims);
  const flipped = Buffer.from(signature, 'base64url');
  flipped.writeUInt8(flipped.readUInt8(0) ^ (1 << dice.int(8)), 0);
  return dice.pick([
    () => `${header}.${own}.${signature}`,
    () => `${header}.${own}.${flipped.toString('base64url')}`,
    () => `${header}.${payload}.${flipped.toString('base64url')}`,
    () => `${header}.${payload}.${signature.slice(0, dice.int(signature.length))}`,
    () => `${header}.${payload}${own}.${signature}`,
    () => `${header}.${own}.${payload}.${signature}`,
    () => `${payload}.${header}.${signature}`,
    () => `${header}.${payload}.`,
    () => `${header}..${signature}`,
  ])();
}

/** Signed with the right secret, for another time than now. */
function spoiltTime(dice: Dice, claims: string): string {
  const times = [
    '"exp":1',
    '"exp":-1',
    '"nbf":99999999999',
    '"exp":"never"',
    '"nbf":"now"',
    '"exp":[]',
    '"iat":{}',
  ];
  return sign(claims.replace('{', `{${dice.pick(times)},`), OURS.webhookSecret);
}

function malformed(dice: Dice): string {
  return dice.pick([
    () =>
      dice.pick([
        '',
        '.',
        '..',
        '...',
        'a.b',
        'a.b.c',
        'a.b.c.d',
        'null',
        'undefined',
        '[object Object]',
        ' ',
      ]),
    () => `Bearer ${CANARY}`,
    () => 'x'.repeat(1 + dice.int(12_000)),
    () => '.'.repeat(1 + dice.int(12_000)),
    () => `${encoded(HEADER)}.${encoded(nested(2_000))}.AAAA`,
    () => `${encoded(nested(2_000))}.${encoded('{}')}.AAAA`,
    () => sign(nested(3_000), OURS.webhookSecret),
    () => sign('null', OURS.webhookSecret),
    () => sign('"text"', OURS.webhookSecret),
    () => sign('{"id":1', OURS.webhookSecret),
    () => dice.bytes(1 + dice.int(400)).toString('base64url'),
    // What a header line may hold beside ASCII.
    () =>
      dice
        .bytes(1 + dice.int(200))
        .toString('latin1')
        .replaceAll(/[^\x20-\x7e\x80-\xff]/g, '\x80'),
  ])();
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}
