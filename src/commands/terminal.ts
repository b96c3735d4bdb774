import { ConfigError } from '../config/index.ts';
import { errorText } from '../errors.ts';

/** What `sysexits.h` has for a faulty configuration: starting again changes nothing. */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

/** For the help of the commands that a person starts with. */
export const SETTINGS_HELP = `
The settings come from the environment and, where it is silent, from the file of lines NAME=value that VIADUCT_CONFIG
names; .env.example lists them all.`;

/** Writes a line for the person at the terminal. Logs go another way. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Tells the person why a command failed; returns the exit code. */
export function reportFailure(error: unknown): number {
  process.stderr.write(`${errorText(error)}\n`);
  return error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILURE;
}
