import { posix } from 'node:path';
import type { SourceFile } from './source-files.ts';

/** `from` imports `to`: a path of this project, or the name of a package. Type-only imports count, but make no cycle. */
export type Import = { from: string; to: string; typeOnly: boolean };

// The formatter writes every import in one of these two forms.
const STATIC = /^(?:import|export)(?<type> type)?\s(?:[^'"]*?from\s)?'(?<to>[^']+)';$/gms;
const DYNAMIC = /\bimport\('(?<to>[^']+)'\)/g;

/** Every import of one file, those of Node's own modules left out. */
export function importsOf({ path, text }: SourceFile): Import[] {
  return [...text.matchAll(STATIC), ...text.matchAll(DYNAMIC)].flatMap(({ groups = {} }): Import[] => {
    const { to = '', type } = groups;
    if (to.startsWith('node:')) return [];
    return [{ from: path, to: targetOf(path, to), typeOnly: type !== undefined }];
  });
}

function targetOf(from: string, to: string): string {
  if (to.startsWith('.')) return posix.join(posix.dirname(from), to);
  return to
    .split('/')
    .slice(0, to.startsWith('@') ? 2 : 1)
    .join('/');
}

/** One circle of imports as the list of its files, or null when there is none. */
export function findCycle(imports: readonly Import[]): string[] | null {
  const targets = Map.groupBy(
    imports.filter((edge) => !edge.typeOnly),
    (edge) => edge.from,
  );
  const finished = new Set<string>();

  function visit(file: string, trail: readonly string[]): string[] | null {
    if (finished.has(file)) return null;
    const seenAt = trail.indexOf(file);
    if (seenAt >= 0) return [...trail.slice(seenAt), file];
    for (const { to } of targets.get(file) ?? []) {
      const cycle = visit(to, [...trail, file]);
      if (cycle !== null) return cycle;
    }
    finished.add(file);
    return null;
  }

  for (const file of targets.keys()) {
    const cycle = visit(file, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
