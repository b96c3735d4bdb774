import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../../fixtures/manual-clock.ts';
import { createRingCoalescer } from './ring-coalescer.ts';

function startCoalescer() {
  const clock = createManualClock();
  const stopping = new AbortController();
  const rings: number[] = [];
  const ring = createRingCoalescer({
    ...{ windowMs: 50, clock, signal: stopping.signal },
    onRing: () => rings.push(clock.nowMs()),
  });
  return { clock, rings, ring, stopping };
}

describe('a burst of rings', () => {
  test('is one at once and one at the end of the window', async () => {
    const { clock, rings, ring } = startCoalescer();
    for (const _ of Array(20)) ring();
    await clock.advance(1000);
    expect(rings).toEqual([0, 50]);
  });

  test('of one ring is passed on once', async () => {
    const { clock, rings, ring } = startCoalescer();
    ring();
    await clock.advance(50);
    ring();
    await clock.advance(1000);
    expect(rings).toEqual([0, 50]);
  });

  test('that goes on is passed on once per window', async () => {
    const { clock, rings, ring } = startCoalescer();
    for (const _ of Array(20)) {
      ring();
      await clock.advance(10);
    }
    await clock.advance(1000);
    expect(rings).toEqual([0, 50, 100, 150, 200]);
  });

  test('is not heard after the stop', async () => {
    const { clock, rings, ring, stopping } = startCoalescer();
    ring();
    ring();
    stopping.abort();
    ring();
    await clock.advance(1000);
    expect(rings).toEqual([0]);
  });
});
