import type { Clock } from '../../clock.ts';

/**
 * Makes one ring of a burst: the first is passed on at once, those within the next `windowMs` become one at its end,
 * so that nothing that was announced after the first is overlooked.
 */
export function createRingCoalescer({
  windowMs,
  onRing,
  clock,
  signal,
}: {
  windowMs: number;
  onRing: () => void;
  clock: Clock;
  signal: AbortSignal;
}): () => void {
  let state: 'quiet' | 'rung' | 'rung-again' = 'quiet';

  const ring = () => {
    if (signal.aborted) return;
    if (state !== 'quiet') {
      state = 'rung-again';
      return;
    }
    state = 'rung';
    onRing();
    void clock.sleep(windowMs, signal).then(
      () => {
        const wasRungAgain = state === 'rung-again';
        state = 'quiet';
        if (wasRungAgain) ring();
      },
      () => {
        state = 'quiet';
      },
    );
  };
  return ring;
}
