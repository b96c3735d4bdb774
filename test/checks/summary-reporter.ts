import { appendFileSync } from 'node:fs';
import type { Reporter } from 'vitest/node';

/** Appends the counts of one run to the file that VIADUCT_TEST_SUMMARY names, for `.ci/run` to add up. */
export function summaryReporter(path: string): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
      for (const module of modules) {
        counts.failed += module.errors().length;
        for (const test of module.children.allTests()) counts[test.result().state] += 1;
      }
      appendFileSync(path, `${counts.passed} ${counts.failed + counts.pending} ${counts.skipped}\n`);
    },
  };
}
