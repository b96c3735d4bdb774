import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../fixtures/manual-clock.ts';
import {
  afterAnsweredCall,
  afterFailedCall,
  afterFailedProbe,
  type Circuit,
  closedCircuit,
  createCircuitBreaker,
  probeDelayMs,
} from './circuit-breaker.ts';

const policy = { failuresToOpen: 3, firstProbeMs: 100, longestProbeMs: 1000 };
const closed = (failures: number): Circuit => ({ state: 'closed', failures });
const open = (probes: number): Circuit => ({ state: 'open', probes });

describe('the circuit', () => {
  test.each([
    ['a failed call', closed(0), afterFailedCall(closed(0), policy), closed(1)],
    ['the last failure it bears', closed(2), afterFailedCall(closed(2), policy), open(0)],
    ['a straggler that failed', open(4), afterFailedCall(open(4), policy), open(4)],
    ['an answered call', closed(2), afterAnsweredCall(closed(2)), closed(0)],
    ['a straggler that was answered', open(1), afterAnsweredCall(open(1)), open(1)],
    ['a failed probe', open(1), afterFailedProbe(open(1)), open(2)],
    ['a failed probe that comes too late', closed(1), afterFailedProbe(closed(1)), closed(1)],
  ])('after %s: %o becomes %o', (_what, _before, after, expected) => {
    expect(after).toEqual(expected);
  });

  test.each([
    [0, 0.5, 100],
    [1, 0.5, 200],
    [3, 0.5, 800],
    [4, 0.5, 1000],
    [5000, 0.5, 1000],
    [0, 0, 80],
    [0, 1, 120],
  ])('waits after %i probes, with chance %d, %i ms', (probes, chance, expected) => {
    expect(probeDelayMs(probes, policy, () => chance)).toBe(expected);
  });

  test('starts closed', () => {
    expect(closedCircuit).toEqual(closed(0));
  });
});

function startBreaker(answers: boolean[]) {
  const clock = createManualClock();
  const probes: number[] = [];
  const changes: boolean[] = [];
  const breaker = createCircuitBreaker({
    policy,
    clock,
    random: () => 0.5,
    probe: async () => {
      probes.push(clock.nowMs());
      return answers.shift() ?? true;
    },
  });
  breaker.onChange((available) => changes.push(available));
  const fail = (times: number) => Array.from({ length: times }, () => breaker.callFailed());
  return { clock, probes, changes, breaker, fail };
}

describe('the breaker', () => {
  test('lets calls pass until enough failed in a row', () => {
    const { breaker, fail } = startBreaker([]);
    fail(2);
    breaker.callAnswered();
    fail(2);
    expect(() => breaker.check('a.b')).not.toThrow();
    fail(1);
    expect(() => breaker.check('a.b')).toThrow(
      expect.objectContaining({ code: 'odoo-unavailable', retry: 'later' }),
    );
  });

  test('probes one at a time and ever less often, then tells that Odoo is back', async () => {
    const { clock, probes, changes, breaker, fail } = startBreaker([false, false, true]);
    fail(30);
    await clock.advance(10_000);
    expect(probes).toEqual([100, 300, 700]);
    expect(changes).toEqual([false, true]);
    expect(breaker.isOpen()).toBe(false);
  });

  test('starts over with short waits when Odoo goes away again', async () => {
    const { clock, probes, fail } = startBreaker([false, true, true]);
    fail(3);
    await clock.advance(1000);
    fail(3);
    await clock.advance(1000);
    expect(probes).toEqual([100, 300, 1100]);
  });

  test('stops probing, and tells a listener that went nothing more', async () => {
    const { clock, probes, breaker, fail } = startBreaker([false, false, false]);
    const heard: boolean[] = [];
    breaker.onChange((available) => heard.push(available))();
    fail(3);
    await clock.advance(150);
    await breaker.stop();
    await clock.advance(10_000);
    expect(probes).toEqual([100]);
    expect(heard).toEqual([]);
    expect(clock.sleepers()).toBe(0);
  });
});
