/** Fails when two tests of one file have the same full name: a report could not tell which one failed. */
import { say } from './say.ts';
import { isTestFile, sourceFiles } from './source-files.ts';

const NAMED =
  /^(?<indent>\s*)(?<kind>describe|test|it)(?:\.\w+)*(?:\([^'"`]*\))?\(\s*(?<quote>['"`])(?<name>.+?)\k<quote>/;

/** Full names in the order of their lines; the formatter’s indentation tells which group a test is in. */
function testNames(text: string): string[] {
  const groups: { indent: number; name: string }[] = [];
  const names: string[] = [];
  for (const line of text.split('\n')) {
    const { indent = '', kind, name = '' } = NAMED.exec(line)?.groups ?? {};
    if (kind === undefined) continue;
    while (groups.length > 0 && (groups.at(-1)?.indent ?? 0) >= indent.length) groups.pop();
    if (kind === 'describe') groups.push({ indent: indent.length, name });
    else names.push([...groups.map((group) => group.name), name].join(' > '));
  }
  return names;
}

for (const { path, text } of sourceFiles().filter((file) => isTestFile(file.path))) {
  const names = testNames(text);
  const repeated = new Set(names.filter((name, place) => names.indexOf(name) !== place));
  for (const name of repeated) {
    say(`${path}: two tests are named "${name}"`);
    process.exitCode = 1;
  }
}
