import { type Attack, bytesOf, type Payload, type Request } from './attack.ts';
import type { Dice } from './dice.ts';
import { FRAMING_TRICKS } from './framing.ts';
import { HEAD_TRICKS, type Sent } from './heads.ts';

const TRICKS = [...FRAMING_TRICKS, ...HEAD_TRICKS];
const TRICKED = 0.3;

/** The attack with this payload: mostly sent as it should be, else with one of the tricks of a hostile connection. */
export function asAttack(dice: Dice, route: string, { kind, request, mustRefuse }: Payload): Attack {
  const isHead = request.method === 'HEAD';
  const isTricked = !isHead && dice.chance(TRICKED);
  const { trick, ...sent } = isTricked ? dice.pick(TRICKS)(dice, request) : plainly(dice, request);
  return { route, kind: trick ?? kind, isHead, mustRefuse, ...sent };
}

/** The attack with this payload, sent as it should be. */
export function asPlainAttack(route: string, { kind, request, mustRefuse }: Payload): Attack {
  return { route, kind, mustRefuse, isHead: false, packets: [bytesOf(request)], requests: 1, ending: 'keep' };
}

function plainly(dice: Dice, request: Request): Sent {
  const bytes = bytesOf(request);
  const packets = dice.chance(0.1) ? cut(dice, bytes) : [bytes];
  // An address that is none may leave bytes on the connection that the next answer would be taken for.
  return { packets, requests: 1, ending: request.target.startsWith('/') ? 'keep' : 'part' };
}

function cut(dice: Dice, bytes: Buffer): Buffer[] {
  const at = dice.int(bytes.length);
  const second = at + dice.int(bytes.length - at);
  return [bytes.subarray(0, at), bytes.subarray(at, second), bytes.subarray(second)];
}
