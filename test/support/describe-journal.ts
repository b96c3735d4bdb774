import { afterEach, beforeEach, describe } from 'vitest';
import { appendCases } from './journal/append-cases.ts';
import type { JournalHarness, MakeHarness } from './journal/journal-harness.ts';
import { leaseCases } from './journal/lease-cases.ts';
import { modelCases } from './journal/model-cases.ts';
import { orderCases } from './journal/order-cases.ts';
import { upkeepCases } from './journal/upkeep-cases.ts';

/** The conformance suite of the journal: every driver passes it, word for word. */
export function describeJournal(name: string, makeHarness: MakeHarness): void {
  describe(name, () => {
    let harness: JournalHarness | undefined;
    const use = (): JournalHarness => {
      if (harness === undefined) throw new Error('The harness exists within a test only.');
      return harness;
    };
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(async () => {
      await harness?.dispose();
      harness = undefined;
    });

    describe('append', () => appendCases(use));
    describe('order', () => orderCases(use));
    describe('leases and settling', () => leaseCases(use));
    describe('upkeep', () => upkeepCases(use));
    describe('random histories', () => modelCases(use));
  });
}
