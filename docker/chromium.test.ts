import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureChromium, parseOsRelease } from './chromium.ts';

let folder: string;
let pathBefore: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-chromium-'));
  pathBefore = process.env['PATH'];
});

afterEach(async () => {
  delete process.env['CHROMIUM_PATH'];
  process.env['PATH'] = pathBefore;
  await rm(folder, { recursive: true });
});

async function program(name: string, prints: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${prints}\n`);
  await chmod(path, 0o755);
  return path;
}

test('takes the Chromium that CHROMIUM_PATH names', async () => {
  process.env['CHROMIUM_PATH'] = await program('mine', 'echo Chromium 140.0');
  await expect(ensureChromium()).resolves.toBe(join(folder, 'mine'));
});

test('says so when CHROMIUM_PATH names something that does not start', async () => {
  process.env['CHROMIUM_PATH'] = await program('mine', 'exit 1');
  await expect(ensureChromium()).rejects.toMatchObject({ code: 'chromium-missing' });
});

test('takes no stub for a Chromium', async () => {
  await program('chromium', 'echo "please install the snap" >&2; exit 10');
  const real = await program('google-chrome', 'echo Google Chrome 140.0');
  process.env['PATH'] = folder;
  await expect(ensureChromium()).resolves.toBe(real);
});

test('knows Ubuntu and its kin', () => {
  const mint = 'NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\nPRETTY_NAME="Linux Mint 22"\n';
  expect(parseOsRelease(mint)).toEqual({ ids: ['linuxmint', 'ubuntu', 'debian'], name: 'Linux Mint 22' });
});
