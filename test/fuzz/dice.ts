import { seededRandom } from '../../fixtures/gatewayapi/index.ts';

/** Chance that comes out the same for the same seed. */
export type Dice = {
  /** A whole number from 0 up to, and without, `below`. */
  int: (below: number) => number;
  chance: (probability: number) => boolean;
  pick: <Value>(from: readonly Value[]) => Value;
  bytes: (length: number) => Buffer;
};

/** Dice for one run. */
export function createDice(seed: number): Dice {
  const random = seededRandom(seed);
  const int = (below: number) => Math.floor(random() * below);
  return {
    int,
    chance: (probability) => random() < probability,
    pick: (from) => {
      const index = int(from.length);
      for (const picked of from.slice(index, index + 1)) return picked;
      throw new RangeError('There is nothing to pick from.');
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => int(256))),
  };
}
