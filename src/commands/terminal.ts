import { ConfigError } from '../config/index.ts';
import { errorText } from '../errors.ts';

/** What `sysexits.h` has for a faulty configuration: starting again changes nothing. */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

/** Writes a line for the person at the terminal. Logs go another way. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Tells the person why a command failed; returns the exit code. */
export function reportFailure(error: unknown): number {
  process.stderr.write(`${errorText(error)}\n`);
  return error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILURE;
}
