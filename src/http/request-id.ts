import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import { REQUEST_ID_HEADER } from './answer.ts';
import { isTrusted } from './client-address.ts';

const WELL_FORMED = /^[A-Za-z0-9._-]{8,128}$/;

export type RequestIdParts = { trustedProxies: BlockList; random?: (bytes: number) => Buffer };

/**
 * Gives each request its id: what a trusted proxy says, when it is well formed, else a new one.
 * New ids are a random start per process and a counter, which costs less than a random id per request.
 */
export function createRequestIds({ trustedProxies, random = randomBytes }: RequestIdParts) {
  const start = random(6).toString('hex');
  let count = 0;
  return (incoming?: IncomingMessage): string => {
    const given = incoming?.headers[REQUEST_ID_HEADER];
    if (typeof given === 'string' && WELL_FORMED.test(given)) {
      if (isTrusted(incoming?.socket.remoteAddress, trustedProxies)) return given;
    }
    count += 1;
    return `${start}-${count.toString(36)}`;
  };
}
