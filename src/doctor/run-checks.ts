import { errorText } from '../errors.ts';
import { type Finding, fault } from './finding.ts';

/**
 * One thing to look at. It gives nothing when what it stands on is missing: another check says so. What it throws
 * becomes a fault with `cure`.
 */
export type Check = {
  name: string;
  cure: string;
  run: (signal: AbortSignal) => Finding[] | Promise<Finding[]>;
};

/** Runs all checks at the same time, each for `timeLimitMs` at most; the findings come in the order of the checks. */
export async function runChecks(
  checks: readonly Check[],
  { timeLimitMs }: { timeLimitMs: number },
): Promise<Finding[]> {
  const runOne = async ({ name, cure, run }: Check): Promise<Finding[]> => {
    const ended = new AbortController();
    const limit = AbortSignal.timeout(timeLimitMs);
    const tooLate = new Promise<Finding[]>((resolve) => {
      limit.addEventListener('abort', () =>
        resolve([fault(name, `There was no answer within ${timeLimitMs / 1000} s.`, cure)]),
      );
    });
    try {
      return await Promise.race([run(AbortSignal.any([limit, ended.signal])), tooLate]);
    } catch (error) {
      return [fault(name, errorText(error), cure)];
    } finally {
      ended.abort();
    }
  };
  return (await Promise.all(checks.map(runOne))).flat();
}
