import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { listSettings } from './index.ts';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));

/** The code outside the configuration, without its comments: a setting that only they name does nothing. */
function codeThatMayRead(): string {
  return globSync('**/*.ts', { cwd: SOURCES })
    .filter((path) => !path.startsWith('config/') && !path.endsWith('.test.ts'))
    .map((path) => readFileSync(`${SOURCES}/${path}`, 'utf8'))
    .join('\n')
    .replace(/^\s*(\/\*[\s\S]*?\*\/|\/\/.*$)/gm, '');
}

test('every setting is read somewhere', () => {
  const words = new Set(codeThatMayRead().match(/\w+/g));
  expect(
    listSettings()
      .filter(({ key }) => !words.has(key))
      .map(({ name }) => name),
  ).toEqual([]);
});
