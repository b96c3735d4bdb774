import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startSmallServer } from '../../fixtures/odoo-rpc-server.ts';
import { loadConfig } from '../config/index.ts';
import { addressChecks } from './address-checks.ts';
import { fault, ok, warning } from './finding.ts';
import { diskCheck, otherDatabaseFindings } from './journal-checks.ts';
import { clockFinding } from './odoo-checks.ts';
import { reportLines } from './report.ts';
import { runChecks } from './run-checks.ts';
import { endpointFinding, keyFinding } from './service-checks.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const LIMITS = { timeLimitMs: 5_000 };
const REQUIRED = { ODOO_URL: 'http://127.0.0.1:1', ODOO_DATABASE: 'a', ODOO_LOGIN: 'a', ODOO_PASSWORD: 'a' };

const configOf = (settings: Readonly<Record<string, string>>) =>
  loadConfig({ environment: { ...REQUIRED, ...settings } });

test.each([
  [0, 'ok', /0 s ahead/],
  [9, 'ok', /9 s ahead/],
  [-10, 'warning', /10 s behind/],
  [3_600, 'warning', /3600 s ahead/],
])('a clock %i s apart is %s', (seconds, state, words) => {
  expect(clockFinding(seconds)).toMatchObject({ state, words: expect.stringMatching(words) });
});

test.each([
  ['2026-03-31T12:00:00Z', 'ok', /30 days/],
  ['2026-03-10T11:00:00Z', 'warning', /8 days/],
])('an API key that ends %s is %s', (ends, state, words) => {
  const finding = keyFinding(new Date(ends), { nowMs: NOW_MS, setting: 'ODOO_SHOP_PASSWORD' });
  expect(finding).toMatchObject({ state, words: expect.stringMatching(words) });
});

test.each([
  [null, 'fault'],
  ['http://viaduct:8068/', 'ok'],
  ['https://sms.api.odoo.com', 'fault'],
])('an SMS endpoint of %s is %s', (found, state) => {
  expect(endpointFinding(found, 'http://viaduct:8068').state).toBe(state);
});

test('what waits under ids of other databases is told by id, with what ends it; the dead do not wait', () => {
  const lane = (database: string, ready: number, dead = 0) => ({
    ...{ database, queue: 'q', ready, leased: 0, dead, oldestAppendedAtMs: null },
  });
  const facts = {
    isRunning: true,
    parts: [],
    stats: [lane('served', 9), lane('old', 2), lane('older', 0, 7)],
  };
  expect(otherDatabaseFindings(facts, ['served'])).toMatchObject([
    {
      state: 'warning',
      words: expect.stringMatching(/^2 .* old,/),
      cure: expect.stringMatching(/viaduct bury old/),
    },
  ]);
  expect(otherDatabaseFindings(facts, ['served', 'old'])).toMatchObject([{ state: 'ok' }]);
});

describe('the checks', () => {
  test('run side by side, and one that hangs or breaks is a fault with its cure', async () => {
    const findings = await runChecks(
      [
        { name: 'hangs', cure: 'push it', run: () => new Promise(() => undefined) },
        { name: 'breaks', cure: 'mend it', run: () => Promise.reject(new Error('It broke.')) },
        { name: 'fine', cure: '', run: () => [ok('fine', 'Fine.')] },
      ],
      { timeLimitMs: 50 },
    );
    expect(findings).toEqual([
      fault('hangs', 'There was no answer within 0.05 s.', 'push it'),
      fault('breaks', 'It broke.', 'mend it'),
      ok('fine', 'Fine.'),
    ]);
  });

  test('are told in one line each', () => {
    expect(
      reportLines([ok('odoo', 'Odoo answers.'), warning('dead letters', 'Two\nlines.', 'Look.')]),
    ).toEqual([
      'ok       odoo          Odoo answers.',
      'warning  dead letters  Two lines. Cure: Look.',
      '1 ok, 1 to look at, 0 wrong.',
    ]);
  });
});

describe('the journal’s disk', () => {
  let folder: string | undefined;
  afterEach(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
    folder = undefined;
  });

  test.each([
    [100_000, 'ok'],
    [900_000, 'warning'],
    [1_000_000, 'fault'],
  ])('a journal of %i of 1048576 bytes is %s', async (bytes, state) => {
    folder = await mkdtemp(join(tmpdir(), 'viaduct-doctor-'));
    const path = join(folder, 'journal.db');
    await writeFile(path, Buffer.alloc(bytes));
    const config = configOf({ VIADUCT_JOURNAL_PATH: path, VIADUCT_JOURNAL_MAX_BYTES: '1048576' });
    const findings = await runChecks([diskCheck(config)], LIMITS);
    expect(findings).toContainEqual(expect.objectContaining({ check: 'journal size', state }));
  });

  test.each([
    [() => `${folder}/made/by/the/first/start`, 'ok'],
    [() => '/proc/nowhere', 'fault'],
  ])('that is not there yet is looked at where it will be: %s', async (place, state) => {
    folder = await mkdtemp(join(tmpdir(), 'viaduct-doctor-'));
    const config = configOf({ VIADUCT_JOURNAL_PATH: `${place()}/journal.db` });
    const [found] = await runChecks([diskCheck(config)], LIMITS);
    expect(found).toMatchObject({ check: 'journal disk', state });
  });
});

describe('the public address', () => {
  const look = async (listener: RequestListener, isRunning = true) => {
    await using server = await startSmallServer(listener);
    const findings = await runChecks(
      addressChecks(configOf({ VIADUCT_PUBLIC_URL: server.url }), { isRunning }),
      LIMITS,
    );
    return findings.find(({ check }) => check === 'public address')?.state;
  };

  test('is Viaduct’s when it answers with a request id', async () => {
    expect(
      await look((_, answer) => answer.setHeader('x-request-id', 'abcdefgh').end('{"status":"alive"}')),
    ).toBe('ok');
  });

  test.each([
    ['another server', '<html>'],
    ['something that only looks alive', '{"status":"alive"}'],
  ])('that leads to %s is a fault', async (_, body) => {
    expect(await look((_request, answer) => answer.end(body))).toBe('fault');
  });

  test('that does not answer is a fault only while Viaduct runs', async () => {
    const cut: RequestListener = (request) => request.socket.destroy();
    expect([await look(cut, true), await look(cut, false)]).toEqual(['fault', 'warning']);
  });
});
