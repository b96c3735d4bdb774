import { globSync, readFileSync } from 'node:fs';

export type SourceFile = { path: string; text: string };

/** Every TypeScript file of the project. */
export function sourceFiles(): SourceFile[] {
  return globSync(['{src,test,fixtures,docker}/**/*.ts', '*.ts'])
    .sort()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

export function isTestFile(path: string): boolean {
  return path.startsWith('test/') || path.endsWith('.test.ts');
}
