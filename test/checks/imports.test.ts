import { describe, expect, test } from 'vitest';
import { findCycle, type Import, importsOf } from './import-graph.ts';
import { IMPORT_RULES } from './import-rules.ts';

const edge = (from: string, to: string): Import => ({ from, to, typeOnly: false });
const brokenBy = (from: string, to: string) =>
  IMPORT_RULES.filter((rule) => rule.breaks(edge(from, to), new Set(['zod']))).map((rule) => rule.name);

describe('the imports of a file', () => {
  test('are found over several lines, as types, dynamic and re-exported', () => {
    const text = [
      "import {\n  one,\n  two,\n} from './near.ts';",
      "import type { Three } from '../other/index.ts';",
      "import * as z from 'zod/v4';",
      "import '@scope/name/deep';",
      "import { readFile } from 'node:fs';",
      "export { five } from './five.ts';",
      "const six = await import('./six.ts');",
    ].join('\n');
    const found = importsOf({ path: 'src/sms/a.ts', text }).map(({ to, typeOnly }) =>
      typeOnly ? `type ${to}` : to,
    );
    expect(found).toEqual([
      'src/sms/near.ts',
      'type src/other/index.ts',
      'zod',
      '@scope/name',
      'src/sms/five.ts',
      'src/sms/six.ts',
    ]);
  });
});

describe('an import is refused', () => {
  test.each([
    ['src/sms/routes.ts', 'test/support/odoo.ts'],
    ['src/sms/routes.ts', 'src/http/problem.ts'],
    ['src/sms/routes.ts', 'src/calls/index.ts'],
    ['src/http/server.ts', 'src/sms/index.ts'],
    ['src/odoo/client.ts', 'src/app.ts'],
    ['src/odoo/client.ts', 'src/commands/terminal.ts'],
    ['src/odoo/client.ts', 'vitest'],
    ['src/app.ts', 'src/http/server.ts'],
  ])('from %s to %s', (from, to) => {
    expect(brokenBy(from, to)).not.toEqual([]);
  });
});

describe('an import is allowed', () => {
  test.each([
    ['src/sms/routes.ts', 'src/http/index.ts'],
    ['src/sms/routes.ts', 'src/clock.ts'],
    ['src/sms/routes.ts', 'zod'],
    ['src/sms/routes.test.ts', 'fixtures/gatewayapi/server.ts'],
    ['src/demo/demo.ts', 'docker/stack.ts'],
    ['src/main.ts', 'src/commands/serve.ts'],
    ['src/commands/serve.ts', 'src/app.ts'],
    ['src/app.ts', 'src/odoo/guard/index.ts'],
    ['test/support/odoo.ts', 'src/http/problem.ts'],
  ])('from %s to %s', (from, to) => {
    expect(brokenBy(from, to)).toEqual([]);
  });
});

describe('a circle of imports', () => {
  test('is found and told as the list of its files', () => {
    expect(findCycle([edge('a', 'b'), edge('b', 'c'), edge('c', 'b')])).toEqual(['b', 'c', 'b']);
  });

  test('is none when it closes over a type', () => {
    expect(findCycle([edge('a', 'b'), { from: 'b', to: 'a', typeOnly: true }])).toBeNull();
  });

  test('is none when two ways lead to one file', () => {
    expect(findCycle([edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd')])).toBeNull();
  });
});
