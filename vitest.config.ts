import { defineConfig } from 'vitest/config';
import { summaryReporter } from './test/checks/summary-reporter.ts';
import { namedOdoo, ODOO_WORKERS } from './test/support/odoo-place.ts';

const summaryPath = process.env['VIADUCT_TEST_SUMMARY'];

export default defineConfig({
  test: {
    reporters: summaryPath === undefined ? ['default'] : ['default', summaryReporter(summaryPath)],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,fixtures,docker,test/chaos,test/fuzz,test/mutants,test/checks}/**/*.test.ts'],
          // Some start processes, and the machine may have much to do.
          testTimeout: 30_000,
        },
      },
      { test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/odoo-global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 900_000,
          // An Odoo that the environment names is one for all.
          maxWorkers: namedOdoo(process.env) === undefined ? ODOO_WORKERS : 1,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/support/odoo-global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
