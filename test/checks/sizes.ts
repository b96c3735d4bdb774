/** Prints the ten longest files, and fails above the limits: what is longer is more than one subject. */
import { say } from './say.ts';
import { isTestFile, sourceFiles } from './source-files.ts';

const MOST_LINES = 250;
const MOST_LINES_OF_TESTS = 400;

const files = sourceFiles()
  .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
  .map((file) => ({ ...file, most: isTestFile(file.path) ? MOST_LINES_OF_TESTS : MOST_LINES }))
  .sort((one, other) => other.lines - one.lines);

for (const { path, lines } of files.slice(0, 10)) say(`${String(lines).padStart(4)} ${path}`);

const tooLong = files.filter(({ lines, most }) => lines > most);
for (const { path, lines, most } of tooLong)
  say(`${path} has ${lines} lines; ${most} are allowed. Split it by subject.`);
if (tooLong.length > 0) process.exitCode = 1;
