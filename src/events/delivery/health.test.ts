import { describe, expect, test } from 'vitest';
import {
  afterChange,
  afterFailure,
  afterGone,
  afterSuccess,
  type Health,
  healthy,
  isProbeDue,
  pauseLimits,
  probeWaitMs,
  stateOf,
  wordsOf,
} from './health.ts';

const MINUTE = 60_000;
const LIMITS = pauseLimits({ pauseFailures: 10, pauseMinutes: 5 });
const SEEN = { url: 'https://x.example/', method: 'POST', isPaused: false, resumedAt: null };

/** The health after failures at these moments. */
function failed(moments: readonly number[], { from = healthy(SEEN), isProbe = false } = {}): Health {
  return moments.reduce(
    (health, nowMs) => afterFailure(health, { words: 'It answered 500.', isProbe, nowMs }, LIMITS),
    from,
  );
}

const every = (count: number, stepMs: number) => Array.from({ length: count }, (_, index) => index * stepMs);

describe('a destination', () => {
  test.each([
    ['after one failure', every(1, 1), 'ok'],
    ['after two failures', every(2, 1), 'ok'],
    ['after three in a row', every(3, 1), 'failing'],
    ['after nine over an hour', every(9, 7 * MINUTE), 'failing'],
    ['after ten within five minutes', every(10, 33_000), 'failing'],
    ['after ten over five minutes', every(10, 34_000), 'paused'],
    ['after a hundred in a minute', every(100, 600), 'failing'],
    ['after eleven, the last of them later', [...every(10, 1_000), 5 * MINUTE], 'paused'],
  ])('%s', (_what, moments, state) => {
    expect(stateOf(failed(moments))).toBe(state);
  });

  test('that delivered in between begins to count anew', () => {
    const health = failed(every(9, MINUTE), { from: afterSuccess(failed(every(9, MINUTE))) });
    expect([stateOf(health), health.failures]).toEqual(['failing', 9]);
  });

  test('that is paused is probed after 1, 2, 4, 8, 16 and then every 30 minutes', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 50].map((probes) => probeWaitMs(probes) / MINUTE)).toEqual([
      1, 2, 4, 8, 16, 30, 30, 30,
    ]);
    let health = failed(every(10, MINUTE));
    expect(health.probeAtMs).toBe(10 * MINUTE);
    health = failed([10 * MINUTE], { from: health, isProbe: true });
    expect(health.probeAtMs).toBe(12 * MINUTE);
    health = failed([12 * MINUTE], { from: health, isProbe: true });
    expect(health.probeAtMs).toBe(16 * MINUTE);
  });

  test('that is paused is not put off by what was under way', () => {
    const paused = failed(every(10, MINUTE));
    expect(failed([9 * MINUTE + 5], { from: paused }).probeAtMs).toBe(paused.probeAtMs);
  });

  test('is resumed by one success', () => {
    expect(stateOf(afterSuccess(failed(every(30, MINUTE))))).toBe('ok');
  });

  test('that is gone is stopped, until its URL or method changes or a person lets it go on', () => {
    const gone = afterGone(healthy(SEEN), 'The receiver answered 410.');
    expect(stateOf(gone)).toBe('stopped');
    expect(stateOf(afterChange(gone, SEEN))).toBe('stopped');
    expect(stateOf(afterChange(gone, { ...SEEN, url: 'https://y.example/' }))).toBe('ok');
    expect(stateOf(afterChange(gone, { ...SEEN, method: 'PUT' }))).toBe('ok');
    const held = afterChange(gone, { ...SEEN, isPaused: true });
    expect(stateOf(held)).toBe('stopped');
    expect(stateOf(afterChange(held, SEEN))).toBe('ok');
    expect(stateOf(afterChange(gone, { ...SEEN, resumedAt: '2026-01-22T10:30:00Z' }))).toBe('ok');
  });

  test('has a probe due at its time, or when the clock was set back since', () => {
    const paused = failed(every(10, MINUTE));
    expect([9 * MINUTE, 10 * MINUTE, -60 * MINUTE].map((nowMs) => isProbeDue(paused, nowMs))).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('tells what happened in words', () => {
    expect(wordsOf(healthy(SEEN))).toBeNull();
    expect(wordsOf(failed(every(4, 1)))).toBe('4 failures in a row. It answered 500.');
    expect(wordsOf(failed(every(10, MINUTE)))).toContain(
      'Paused after 10 failures in a row. It answered 500.',
    );
    expect(wordsOf(afterGone(healthy(SEEN), 'It answered 410.'))).toContain('Change the URL');
  });
});
