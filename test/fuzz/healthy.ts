import { once } from 'node:events';
import { connect } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, readAnswers } from './answers.ts';
import { bytesOf, request } from './attack.ts';
import { NUMBER_PREFIX, OURS } from './secrets.ts';
import { sign } from './sms/tokens.ts';

/** What this process is sent first; it ends when it is sent anything else. */
export type HealthyOrder = { port: number };
/** What it sends back at its end. */
export type HealthyResult = {
  answered: number;
  /** Good requests that were not answered as they should be. */
  failed: string[];
  /** The uuids of SMS and reports that were acknowledged. */
  acknowledged: string[];
  p99Ms: number;
  maxMs: number;
};

/** Odoo, the provider and an operator each have an address of their own, and no more than their own traffic. */
const VISITORS = [
  { address: '127.0.0.2', make: send },
  { address: '127.0.0.3', make: report },
  { address: '127.0.0.4', make: () => look('/readyz') },
  { address: '127.0.0.4', make: () => look('/metrics') },
  { address: '127.0.0.5', make: () => look('/healthz') },
];
const PAUSE_MS = 40;
const LATE_MS = 15_000;
const NS_PER_MS = 1e6;

type Good = { name: string; bytes: Buffer; uuid: string | null; isGood: (answer: Answer) => boolean };

/** Good requests beside the hostile ones, from a process of its own, so that its clock is not held up by them. */
async function askUntilStopped({ port }: HealthyOrder): Promise<HealthyResult> {
  const histogram = createHistogram();
  const failed: string[] = [];
  const acknowledged: string[] = [];
  let answered = 0;
  let stopped = false;
  process.once('message', () => {
    stopped = true;
  });
  for (let n = 0; !stopped; n += 1) {
    for (const { address, make } of VISITORS) {
      const good = make(n);
      const startedMs = performance.now();
      const answer = await ask(port, address, good.bytes);
      histogram.record(Math.max(1, Math.round((performance.now() - startedMs) * NS_PER_MS)));
      answered += 1;
      if (answer === null || !good.isGood(answer))
        failed.push(`${good.name}: ${answer?.status ?? 'no answer'}`);
      else if (good.uuid !== null) acknowledged.push(good.uuid);
    }
    await sleep(PAUSE_MS);
  }
  const [p99Ms, maxMs] = [histogram.percentile(99) / NS_PER_MS, histogram.max / NS_PER_MS];
  return { answered, failed, acknowledged, p99Ms, maxMs };
}

/** On a connection of its own each time, as whoever comes anew amid an attack. */
async function ask(port: number, localAddress: string, bytes: Buffer): Promise<Answer | null> {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  const late = setTimeout(() => socket.destroy(), LATE_MS);
  let received = '';
  let answer: Answer | null = null;
  socket.setEncoding('latin1').on('error', () => {});
  socket.on('data', (text: string) => {
    received += text;
    const read = readAnswers(received, { isHead: false, isClosed: false });
    if (read !== 'unreadable' && read.answers[0] === undefined) return;
    answer = read === 'unreadable' ? null : (read.answers[0] ?? null);
    socket.destroy();
  });
  socket.write(bytes);
  await once(socket, 'close');
  clearTimeout(late);
  return answer;
}

function send(n: number): Good {
  const uuid = uuidOf(2 * n);
  const messages = [{ content: 'Hello', numbers: [{ uuid, number: `+${NUMBER_PREFIX}123456` }] }];
  const params = { account_token: OURS.iapToken, dbuuid: OURS.id, messages };
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'call', id: n, params });
  return post('send', '/api/sms/3/send', body, uuid, ({ body: text }) => text.includes('"processing"'));
}

function report(n: number): Good {
  const uuid = uuidOf(2 * n + 1);
  const text = JSON.stringify({ id: n, msisdn: 4_599_123_456, time: n, status: 'DELIVERED', userref: uuid });
  const token = sign(text, OURS.webhookSecret);
  return post('report', '/gatewayapi/dlr', text, uuid, () => true, ['x-gwapi-signature', token]);
}

function look(target: string): Good {
  const bytes = bytesOf(request({ method: 'GET', target }));
  return { name: target, bytes, uuid: null, isGood: ({ status }) => status === 200 };
}

function post(
  ...[name, target, text, uuid, says, ...headers]: [
    ...[string, string, string, string, (answer: Answer) => boolean],
    ...[string, string][],
  ]
): Good {
  const bytes = bytesOf(request({ method: 'POST', target, headers, body: Buffer.from(text) }));
  return { name, bytes, uuid, isGood: (answer) => answer.status === 200 && says(answer) };
}

function uuidOf(n: number): string {
  return `c${n.toString(16).padStart(31, '0')}`;
}

process.once('message', (order: HealthyOrder) => {
  void askUntilStopped(order).then((result) => process.send?.(result, () => process.disconnect()));
});
