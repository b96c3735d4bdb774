import { benchIngest } from './ingest/scenario.ts';
import { benchSms } from './sms/scenario.ts';

/** `npm run bench -- NAME --json`: one JSON object with the figures and a `pass` that is computed from them. */
const BENCHES: Readonly<Record<string, (say: (words: string) => void) => Promise<{ pass: boolean }>>> = {
  ingest: benchIngest,
  sms: benchSms,
};

const [name = '', ...flags] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  process.stderr.write(`There is no bench "${name}". Known are: ${Object.keys(BENCHES).join(', ')}.\n`);
  process.exit(64);
}
const startedMs = Date.now();
const figures = await bench((words) => {
  process.stderr.write(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${words}\n`);
});
process.stdout.write(`${JSON.stringify(figures, null, flags.includes('--json') ? undefined : 2)}\n`);
process.exitCode = figures.pass ? 0 : 1;
