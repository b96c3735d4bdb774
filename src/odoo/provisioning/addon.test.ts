import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, onTestFinished, test } from 'vitest';
import { dependenciesFirst, parseManifest, readAddons } from './addon.ts';
import { packAddon } from './pack-addon.ts';

async function folder(files: { readonly [path: string]: string }): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'viaduct-addons-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}

const MANIFEST = `{
    "name": "Second",  # shown in Apps
    "summary": "True, or not: a # in [a, text,]",
    "version": "1.2.3",
    "application": True,
    "depends": ["base", "first",],
}`;

test('reads a manifest with comments, trailing commas and Python words', () => {
  expect(parseManifest('second', MANIFEST)).toEqual({ version: '1.2.3', depends: ['base', 'first'] });
});

test.each([
  "{'version': '1.2.3'}",
  '{"version": "19.0", "depends": []}',
  '{"version": "1.0.0"}',
  'import os',
])('refuses the manifest %s and names the addon', (text) => {
  expect(() => parseManifest('odd', text)).toThrow(/manifest of odd/);
});

test('reads addons with their files, dependencies first', async () => {
  const directory = await folder({
    'a_second/__manifest__.py': MANIFEST,
    'a_second/i18n/fr.po': '# fr',
    'first/__manifest__.py': '{"version": "1.0.0", "depends": ["base"]}',
    'README.md': 'not an addon',
  });
  const addons = await readAddons(directory, 19);
  expect(addons.map(({ name }) => name)).toEqual(['first', 'a_second']);
  expect([...(addons[1]?.files.keys() ?? [])]).toEqual(['__manifest__.py', 'i18n/fr.po']);
});

test('refuses a folder without a manifest', async () => {
  const directory = await folder({ 'odd/data.xml': '<odoo/>' });
  await expect(readAddons(directory, 19)).rejects.toMatchObject({ code: 'bad-addon' });
});

test('gives another hash to other content and to another path, and the same to the same', async () => {
  const manifest = '{"version": "1.0.0", "depends": []}';
  const hashOf = async (files: { readonly [path: string]: string }) => {
    const [addon] = await readAddons(await folder({ 'first/__manifest__.py': manifest, ...files }), 19);
    return addon?.hash;
  };
  const hash = await hashOf({ 'first/a.xml': 'one' });
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await hashOf({ 'first/a.xml': 'one' })).toBe(hash);
  expect(await hashOf({ 'first/a.xml': 'two' })).not.toBe(hash);
  expect(await hashOf({ 'first/b.xml': 'one' })).not.toBe(hash);
});

test('refuses addons that depend on each other', () => {
  const items = [
    { name: 'a', depends: ['b'] },
    { name: 'b', depends: ['a'] },
  ];
  expect(() => dependenciesFirst(items)).toThrow(/depend on each other: a, b/);
});

test('packs equal content into equal bytes, whatever the order and the time zone', () => {
  const zone = process.env['TZ'];
  onTestFinished(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
  const bytes = (text: string) => new TextEncoder().encode(text);
  const files = [
    ['__manifest__.py', bytes('{}')],
    ['data/a.xml', bytes('<odoo/>')],
  ] as const;
  const digest = (entries: readonly (readonly [string, Uint8Array])[]) =>
    createHash('sha256')
      .update(packAddon({ name: 'x', files: new Map(entries) }))
      .digest('hex');
  process.env['TZ'] = 'Pacific/Auckland';
  const one = digest(files);
  process.env['TZ'] = 'America/Los_Angeles';
  const other = digest([...files].reverse());
  expect(other).toBe(one);
  expect(Object.keys(unzipSync(packAddon({ name: 'x', files: new Map(files) })))).toEqual([
    'x/__manifest__.py',
    'x/data/a.xml',
  ]);
});
