import type { Attack } from './attack.ts';
import { createVisitor, type Visitor } from './connection.ts';
import type { Dice } from './dice.ts';
import { ELSEWHERE, GENERATORS } from './generators.ts';
import type { Ledger } from './ledger.ts';
import { asAttack } from './transport.ts';

/** Visitors that attack at the same time, and how often one of them comes before he takes another address. */
const VISITORS = 24;
const VISITS = 40;
const SAY_EVERY = 10_000;

export type Barrage = {
  /** Attacks until so many requests were sent in all. */
  fire: (upTo: number, say: (words: string) => void) => Promise<void>;
  sent: () => number;
  /** `database uuid` of all that was sent by whoever may send it. */
  offered: () => ReadonlySet<string>;
};

/** Hostile requests to all routes, from many addresses, so that the limits of each are real and yet all requests count. */
export function createBarrage(parts: {
  port: number;
  ledger: Ledger;
  dice: Dice;
  isOver: () => boolean;
}): Barrage {
  const { port, ledger, dice, isOver } = parts;
  const offered = new Set<string>();
  const routes = [...GENERATORS].flatMap(([route, { shares }]) => Array<string>(shares).fill(route));
  let sent = 0;
  let visitors = 0;

  function next(): Attack {
    const route = dice.pick(routes);
    const generate = GENERATORS.get(route)?.generate;
    if (generate === undefined)
      throw new RangeError(`There is no generator for ${route}, nor for ${ELSEWHERE}.`);
    return asAttack(
      dice,
      route,
      generate(dice, (database, uuid) => offered.add(`${database} ${uuid}`)),
    );
  }

  async function visit(upTo: number, say: (words: string) => void): Promise<void> {
    while (sent < upTo && !isOver()) {
      const visitor = createVisitor({ port, address: strangerAddress(visitors) });
      visitors += 1;
      await visitOften(visitor, upTo, say);
      visitor.leave();
    }
  }

  async function visitOften(visitor: Visitor, upTo: number, say: (words: string) => void): Promise<void> {
    for (let count = 0; count < VISITS && sent < upTo && !isOver(); count += 1) {
      const attack = next();
      if (Math.floor(sent / SAY_EVERY) < Math.floor((sent + attack.requests) / SAY_EVERY))
        say(`${sent} requests`);
      sent += attack.requests;
      ledger.note(attack, await visitor.carryOut(attack));
    }
  }

  return {
    async fire(upTo, say) {
      await Promise.all(Array.from({ length: VISITORS }, () => visit(upTo, say)));
    },
    sent: () => sent,
    offered: () => offered,
  };
}

/** The n-th address in 127.1.0.0 to 127.200.0.0: of this machine, and of nobody that Viaduct knows. */
export function strangerAddress(n: number): string {
  return `127.${1 + (Math.floor(n / 62_500) % 199)}.${1 + (Math.floor(n / 250) % 250)}.${1 + (n % 250)}`;
}
