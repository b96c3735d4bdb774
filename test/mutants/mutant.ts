/** A weakness that connectors of this kind have, the test that keeps it out, and the change that brings it back. */
export type Mutant = {
  /** Its number in the table. */
  id: string;
  /** What went wrong elsewhere, in a sentence. */
  weakness: string;
  test: { file: string; name: string };
  /** The change: `from` stands once in `file`. */
  change: { file: string; from: string; to: string };
  /** What the change does, in a few words. */
  does: string;
};

/** The project of vitest that a test file belongs to. */
export function projectOf(file: string): string {
  return /^test\/(conformance|integration|browser)\//.exec(file)?.[1] ?? 'unit';
}

/** The table of the mutants, as Markdown. */
export function mutantTable(mutants: readonly Mutant[]): string {
  const rows = mutants.map(({ id, weakness, test, change, does }) =>
    [id, weakness, `\`${test.file}\`: ${test.name}`, `\`${change.file}\`: ${does}`].map(cell).join(' | '),
  );
  const head = ['', 'weakness', 'the test that keeps it out', 'the change that makes that test fail'];
  return [head.join(' | '), '---|---|---|---', ...rows].map((row) => `| ${row} |`).join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
