/** The checks are a command line of their own; this is where their words go. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
