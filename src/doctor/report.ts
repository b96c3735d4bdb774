import type { Finding } from './finding.ts';

/** The findings for a person: one line each, with the cure at its end, and a last line that counts. */
export function reportLines(findings: readonly Finding[]): string[] {
  const widest = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(({ check, state, words, cure }) => {
    const line = `${state.padEnd(7)}  ${check.padEnd(widest)}  ${words}`.replace(/\s*\n\s*/g, ' ');
    return cure === null ? line : `${line} Cure: ${cure}`;
  });
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  const total = `${count('ok')} ok, ${count('warning')} to look at, ${count('fault')} wrong.`;
  return [...lines, total];
}
