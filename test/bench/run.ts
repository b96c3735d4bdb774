import { parseArgs } from 'node:util';
import { errorText } from '../../src/errors.ts';
import { benchEvents } from './events/scenario.ts';
import { benchIngest } from './ingest/scenario.ts';
import { benchRecords } from './records/scenario.ts';
import { benchSms } from './sms/scenario.ts';

/** `npm run bench -- NAME --json`: one JSON object with the figures and a `pass` that is computed from them. */
const BENCHES: Readonly<Record<string, (say: (words: string) => void) => Promise<{ pass: boolean }>>> = {
  events: benchEvents,
  ingest: benchIngest,
  records: benchRecords,
  sms: benchSms,
};

const USAGE = `Usage: npm run bench -- NAME [--json]; names: ${Object.keys(BENCHES).join(', ')}\n`;
const EXIT_WRONG_CALL = 2;

const { values, positionals } = readArguments();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit();
}
const bench = BENCHES[positionals[0] ?? ''];
if (bench === undefined) {
  process.stderr.write(USAGE);
  process.exit(EXIT_WRONG_CALL);
}
const startedMs = Date.now();
const figures = await bench((words) => {
  process.stderr.write(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${words}\n`);
});
process.stdout.write(`${JSON.stringify(figures, null, values.json ? undefined : 2)}\n`);
process.exitCode = figures.pass ? 0 : 1;

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n${USAGE}`);
    return process.exit(EXIT_WRONG_CALL);
  }
}
