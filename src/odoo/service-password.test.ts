import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openServicePassword } from './service-password.ts';

let folder: string;
const opened = (configured = 'the first key', database = 'db', journal = 'journal.db') =>
  openServicePassword(
    { url: 'http://odoo', database, password: { reveal: () => configured } },
    join(folder, journal),
  );

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-key-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('the setting is used until it is renewed, and writes nothing', async () => {
  const password = opened();
  expect([password.now(), password.file()]).toEqual(['the first key', null]);
  expect(await readdir(folder)).toEqual([]);
});

test('a renewed key is used at once and after a restart, and only its owner may read its file', async () => {
  const password = opened();
  await password.replace('the second key');
  expect(password.now()).toBe('the second key');
  expect(opened().now()).toBe('the second key');
  const { mode } = await stat(opened().file() ?? '');
  expect(mode & 0o777).toBe(0o600);
});

test('a setting that was changed since is newer than the kept key', async () => {
  await opened().replace('the second key');
  expect(opened('a key by hand').now()).toBe('a key by hand');
});

test('each database keeps its own', async () => {
  await opened().replace('the second key');
  expect(opened('the first key', 'other').now()).toBe('the first key');
});

test('a file that is no kept key counts as none', async () => {
  const password = opened();
  await password.replace('the second key');
  await writeFile(password.file() ?? '', '{"key":');
  expect(opened().now()).toBe('the first key');
});

test('a key that cannot be kept is not used', async () => {
  const password = opened('the first key', 'db', 'missing/journal.db');
  await expect(password.replace('the second key')).rejects.toThrow('ENOENT');
  expect(password.now()).toBe('the first key');
});
