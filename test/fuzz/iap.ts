import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Generator, request } from './attack.ts';
import { encode, nastyJson } from './nasty-json.ts';
import { CANARY } from './secrets.ts';

const ANSWER = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { ok: true } });
const PATHS = [
  '/api/sms/1/account',
  '/api/sms/2/verify',
  '/api/sms/',
  '/1/account',
  '/api/sms/3/send/x',
  '/api/sms/../1',
];
const TWISTS = [
  '',
  '?',
  `?a=${CANARY}`,
  '?\xe9',
  '/\xff',
  '//',
  '/%0d%0a',
  '?[]{}|^`"<>',
  '#x',
  '/%',
  '/\x7f',
];

/** What Odoo asks of its own SMS service beside sending, and what only looks like it. */
export const attackPassThrough: Generator = (dice) => {
  const target = dice.pick(PATHS) + dice.pick(TWISTS);
  const headers = [
    ['content-type', 'application/json'],
    [
      dice.pick(['accept', 'cookie', 'via', 'x-\x80', 'te', 'trailer']),
      dice.pick(['text/html', CANARY, '\xe9', '']),
    ],
  ] as const;
  if (dice.chance(0.5)) {
    return { kind: 'passed on', request: request({ method: 'GET', target, headers }), mustRefuse: false };
  }
  const body = encode(dice, nastyJson(dice, { jsonrpc: '2.0', params: { account_token: CANARY } }));
  return {
    kind: 'passed on',
    request: request({ method: 'POST', target, headers, body }),
    mustRefuse: false,
  };
};

/** Stands where requests are passed on to, and answers all of them. */
export async function startUpstream(): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    incoming.resume().on('end', () => {
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('The upstream has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
