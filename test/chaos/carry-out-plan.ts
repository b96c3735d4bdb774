import type { Clock } from '../../src/clock.ts';

export type PlanOptions<Step> = {
  plan: readonly Step[];
  /** False when the moment of a step did not come. */
  carryOut: (step: Step) => Promise<boolean>;
  /** After this no step is begun. */
  deadlineMs: number;
  /** What the load has done so far, in words. */
  seen: () => string;
  clock: Clock;
  say: (words: string) => void;
  signal: AbortSignal;
};

/** Carries out a plan; a step whose moment does not come goes to its end once. Resolves to how often each step was done. */
export async function carryOutPlan<Step extends string>(
  options: PlanOptions<Step>,
): Promise<(step: Step) => number> {
  const { carryOut, deadlineMs, seen, clock, say, signal } = options;
  const plan = [...options.plan];
  const again: Step[] = [];
  const missed = new Set<Step>();
  const done = new Map<Step, number>();
  for (let step = plan.shift() ?? again.shift(); step !== undefined; step = plan.shift() ?? again.shift()) {
    signal.throwIfAborted();
    if (clock.nowMs() > deadlineMs) break;
    if (await carryOut(step)) {
      done.set(step, (done.get(step) ?? 0) + 1);
      say(`killed: ${step} (${plan.length + again.length} to go, ${seen()})`);
    } else {
      say(`${step}: its moment did not come`);
      if (!missed.has(step)) again.push(step);
      missed.add(step);
    }
  }
  return (step) => done.get(step) ?? 0;
}
