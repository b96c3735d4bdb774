import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';

// Each test starts a process of its own, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const LAUNCHER = fileURLToPath(new URL('../viaduct.mjs', import.meta.url));

type Ended = { code: number | null; output: string };

/** Runs the command line in an environment of nothing but `settings`. */
function viaduct(words: readonly string[], settings: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...words], { env: settings });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes) => (output += String(bytes)));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

const REQUIRED = {
  ODOO_URL: 'http://127.0.0.1:1',
  ODOO_DATABASE: 'a',
  ODOO_LOGIN: 'a',
  ODOO_PASSWORD: 'hunter2',
};

test('a faulty configuration ends with 78 and every fault', async () => {
  const { code, output } = await viaduct(['config', 'check'], {
    ...REQUIRED,
    ODOO_URL: 'here',
    VIADUCT_PROT: '1',
  });
  expect(code).toBe(78);
  expect(output).toMatch(
    /2 faults[\s\S]*VIADUCT_PROT: is no setting. Did you mean VIADUCT_PORT[\s\S]*ODOO_URL: "here"/,
  );
});

test('a good configuration ends with 0, names the Odoo it is for, and shows no secret', async () => {
  const { code, output } = await viaduct(['config', 'check'], REQUIRED);
  expect([code, output.includes('hunter2')]).toEqual([0, false]);
  expect(output).toContain('VIADUCT_CONFIG names no file');
  expect(output).toContain('Odoo: http://127.0.0.1:1, database a, login a.');
});

test('an unknown command is a failure with words, and lists the known ones', async () => {
  const { code, output } = await viaduct(['nonsense']);
  expect([code, output]).toEqual([1, expect.stringContaining("unknown command 'nonsense'")]);
  expect(output).toMatch(/serve[\s\S]*doctor[\s\S]*config/);
});

test('the help of a command that reads the settings says from where', async () => {
  const { code, output } = await viaduct(['serve', '--help']);
  expect([code, output]).toEqual([0, expect.stringContaining('VIADUCT_CONFIG')]);
});

test('ids that are none replay nothing', async () => {
  const { code, output } = await viaduct(['replay', 'all'], REQUIRED);
  expect([code, output]).toEqual([1, expect.stringContaining('An id is a whole number')]);
});

test('replaying everything has to be said', async () => {
  const { code, output } = await viaduct(['replay', '--queue', 'sms.state'], REQUIRED);
  expect([code, output]).toEqual([1, expect.stringContaining('Name ids, or say --all')]);
});

test('a journal that is not there is not made', async () => {
  const settings = { ...REQUIRED, VIADUCT_JOURNAL_PATH: '/nowhere/journal.db' };
  const { code, output } = await viaduct(['dead'], settings);
  expect([code, output]).toEqual([1, expect.stringContaining('There is no journal at /nowhere/journal.db')]);
});

test.each(['version', '--version'])('%s is that of package.json', async (word) => {
  expect((await viaduct([word])).output).toMatch(/^Viaduct \d+\.\d+\.\d+, Node \d+\./);
});
