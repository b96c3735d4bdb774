import { ViaductError } from '../errors.ts';

/** What is wrong with one setting: which, why, and what is allowed. */
export type ConfigFault = { name: string; problem: string; allowed: string };

/** Thrown with code `config-invalid` and every fault at once; nothing can start before they are mended. */
export class ConfigError extends ViaductError {
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const lines = faults.map(({ name, problem, allowed }) => `  ${name}: ${problem} Allowed: ${allowed}.`);
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super({
      code: 'config-invalid',
      message: `The configuration has ${count}:\n${lines.join('\n')}`,
      retry: 'after-config',
    });
    this.faults = faults;
  }
}
