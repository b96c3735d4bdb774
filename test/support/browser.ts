import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { ensureChromium } from '../../docker/index.ts';
import type { Account, TestOdoo } from './odoo.ts';

/** Odoo builds its client's bundle at the first opening after an addon was installed. */
const FIRST_OPENING_MS = 120_000;
const STEP_MS = 45_000;

const FLAGS = [
  // Chromium's own sandbox does not start as root, as which tests run in containers.
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** Debian's package of Odoo leaves out a file that its client names. */
const NOT_OURS = /selfie_segmentation/;

/** Starts a Chromium, installed now where there is none. Rejects with what `ensureChromium` rejects with. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await ensureChromium(), args: FLAGS });
}

/** A page of Odoo in the hands of one user, and every fault that the web client told the console. */
export type Session = { page: Page; faults: string[] };

/** Signs a user in as he does it himself; the session ends with the browser. */
export async function signIn(
  browser: Browser,
  { url, database }: Pick<TestOdoo, 'url' | 'database'>,
  user: Account,
): Promise<Session> {
  // Wide enough for Odoo to show the chatter beside the form.
  const context = await browser.newContext({ viewport: { width: 1540, height: 800 } });
  context.setDefaultTimeout(STEP_MS);
  await context.tracing.start({ screenshots: true, snapshots: true });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !NOT_OURS.test(message.text())) faults.push(message.text());
  });
  await page.goto(`${url}/web/login?db=${database}`, { timeout: FIRST_OPENING_MS });
  await page.locator('input[name=login]').fill(user.login);
  await page.locator('input[name=password]').fill(user.password);
  await page.locator('.oe_login_form button[type=submit]').click({ timeout: FIRST_OPENING_MS });
  await page.locator('.o_main_navbar').waitFor({ timeout: FIRST_OPENING_MS });
  return { page, faults };
}

/** Begins a test in a session: no faults so far, and a trace and a picture are kept should it fail. */
export async function beginTest({ page, faults }: Session): Promise<void> {
  faults.length = 0;
  await page.context().tracing.startChunk();
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await keepTrace(page, task.name);
    else await page.context().tracing.stopChunk();
    await page.unrouteAll();
  });
}

async function keepTrace(page: Page, name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'viaduct-browser-'));
  await page.screenshot({ path: join(folder, 'page.png') }).catch(() => undefined);
  await page.context().tracing.stopChunk({ path: join(folder, 'trace.zip') });
  process.stderr.write(`"${name}": see page.png and trace.zip in ${folder}\n`);
}
