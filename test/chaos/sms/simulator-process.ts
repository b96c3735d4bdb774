import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { request } from 'undici';
import { z } from 'zod';
import { ViaductError } from '../../../src/errors.ts';

const MAIN = new URL('../../../fixtures/gatewayapi/main.ts', import.meta.url).pathname;
const STOP_MS = 5_000;
/** What one call to the control API brings of the ledger. */
const LEDGER_PAGE = 5_000;

const Stats = z.object({
  accepted: z.number(),
  reports: z.object({
    pending: z.number(),
    queued: z.number(),
    inFlight: z.number(),
    waitingForRetry: z.number(),
  }),
  faults: z.record(z.string(), z.number()),
});
export type SimulatorStats = z.infer<typeof Stats>;

/** One SMS to one number in the provider's own account, with the states it went through. */
export const Accepted = z.object({
  msisdn: z.string(),
  text: z.string(),
  userref: z.string().nullable(),
  states: z.array(z.object({ status: z.string() })),
});
export type Accepted = z.infer<typeof Accepted>;

const LedgerPage = z.object({ total: z.number(), entries: z.array(Accepted) });

export type SimulatorProcess = {
  url: string;
  /** Any call of the control API; see fixtures/gatewayapi/README.md. Rejects with `simulator-control`. */
  control: (
    method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
  ) => Promise<unknown>;
  stats: () => Promise<SimulatorStats>;
  ledger: () => Promise<Accepted[]>;
  stop: () => Promise<void>;
};

/** Starts GatewayAPI's simulator as a process of its own, so that it outlives what is killed around it. */
export async function startSimulatorProcess(options: {
  token: string;
  webhookSecret: string;
  seed: number;
}): Promise<SimulatorProcess> {
  const { token, webhookSecret, seed } = options;
  const secrets = ['--token', token, '--webhook-secret', webhookSecret];
  const others = ['--credit', '1000000', '--seed', String(seed), '--allow-kill'];
  const child = spawn(process.execPath, [MAIN, ...secrets, ...others], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await urlOf(child);

  const control: SimulatorProcess['control'] = async (method, path, body) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await request(`${url}${path}`, { method, ...sent });
    const text = await answer.body.text();
    if (answer.statusCode < 300) return text === '' ? undefined : JSON.parse(text);
    const message = `The simulator answered ${method} ${path} with ${answer.statusCode}: ${text}`;
    throw new ViaductError({ code: 'simulator-control', message, retry: 'never' });
  };

  return {
    url,
    control,
    stats: async () => Stats.parse(await control('GET', '/_sim/stats')),
    ledger: async () => {
      const entries: Accepted[] = [];
      for (;;) {
        const path = `/_sim/ledger?offset=${entries.length}&limit=${LEDGER_PAGE}`;
        const page = LedgerPage.parse(await control('GET', path));
        entries.push(...page.entries);
        if (page.entries.length === 0 || entries.length >= page.total) return entries;
      }
    },
    stop: () => stopChild(child),
  };
}

async function urlOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new TypeError('The simulator was started without a pipe.');
  for await (const line of createInterface({ input: child.stdout })) {
    return z.object({ url: z.string() }).parse(JSON.parse(line)).url;
  }
  throw new ViaductError({
    code: 'simulator-start',
    message: 'The simulator ended before it told its address.',
    retry: 'never',
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(timer);
}
