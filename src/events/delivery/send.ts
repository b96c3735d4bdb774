import type { BlockList } from 'node:net';
import { type Agent, type Dispatcher, request } from 'undici';
import type { Clock } from '../../clock.ts';
import { errorText } from '../../errors.ts';
import { type AttemptResult, classOfStatus } from './attempt.ts';
import { classifyFailure } from './classify-failure.ts';
import { composeRequest, type OutgoingRequest } from './compose-request.ts';
import type { Delivery } from './delivery.ts';
import type { Destination } from './destination.ts';
import { createGuardedAgent, type LookUpAll } from './guarded-agent.ts';

export type SenderOptions = {
  /** Networks that are open to all subscriptions. */
  allowedNetworks: BlockList;
  /** As `viaduct/1.0.0`. */
  userAgent: string;
  clock: Clock;
  lookUpAll?: LookUpAll;
};

export type Sender = {
  /** Makes one attempt; never rejects: whatever happens is a result. */
  attempt: (destination: Destination, delivery: Delivery) => Promise<AttemptResult>;
  /** Breaks off what is under way. */
  stop: () => Promise<void>;
};

/** What is kept of an answer, and what is read of it at most so that its connection can be used again. */
const KEPT_ANSWER_BYTES = 4_096;
const READ_ANSWER_BYTES = 65_536;

/** Makes attempts over kept-alive connections; every connection is checked against the addresses that are open to it. */
export function createSender({ allowedNetworks, userAgent, clock, lookUpAll }: SenderOptions): Sender {
  const more = lookUpAll === undefined ? {} : { lookUpAll };
  // Two, so that no subscription finds a connection open that it could not have opened itself.
  const agents: Record<'guarded' | 'lenient', Agent> = {
    guarded: createGuardedAgent({ allowed: allowedNetworks, allowPrivate: false }, more),
    lenient: createGuardedAgent({ allowed: allowedNetworks, allowPrivate: true }, more),
  };

  return {
    attempt: async (destination, delivery) => {
      const startedMs = clock.nowMs();
      let outgoing: OutgoingRequest | null = null;
      const answered = (what: Pick<AttemptResult, 'status' | 'errorClass' | 'words'>): AttemptResult => ({
        ...what,
        durationMs: Math.max(0, clock.nowMs() - startedMs),
        response: '',
        retryAfterMs: null,
        url: outgoing?.url.href ?? destination.url,
        method: destination.method,
        requestHeaders: outgoing?.shownHeaders ?? '',
        body: outgoing?.payload ?? delivery.body,
      });
      try {
        outgoing = composeRequest(destination, delivery, { nowMs: startedMs, userAgent });
      } catch (error) {
        return answered({ status: null, errorClass: 'unusable', words: errorText(error) });
      }
      try {
        const bodyBytes = Buffer.byteLength(outgoing.body ?? '');
        if (bodyBytes > destination.maxBytes) {
          const words = `The body has ${bodyBytes} bytes; the subscription allows ${destination.maxBytes}.`;
          return answered({ status: null, errorClass: 'too-large', words });
        }
        const dispatcher = destination.allowPrivate ? agents.lenient : agents.guarded;
        const answer = await exchange(outgoing, dispatcher, destination.timeoutMs);
        const { status, response, retryAfter } = answer;
        const errorClass = classOfStatus(status);
        const words = errorClass === null ? '' : wordsOfStatus(status);
        return {
          ...answered({ status, errorClass, words }),
          response,
          retryAfterMs: retryAfterMs(retryAfter, clock.nowMs()),
        };
      } catch (error) {
        return answered({ status: null, ...classifyFailure(error, destination.timeoutMs) });
      }
    },
    stop: async () => {
      await Promise.all([agents.guarded.destroy(), agents.lenient.destroy()]);
    },
  };
}

async function exchange(
  { url, method, headers, body }: OutgoingRequest,
  agent: Dispatcher,
  timeoutMs: number,
) {
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = await request(url, { dispatcher: agent, method, headers, body, signal });
  const retryAfter = answer.headers['retry-after'];
  return {
    status: answer.statusCode,
    response: await readBeginning(answer.body),
    retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
  };
}

/** The beginning of an answer, as far as it came: the status was said, and nothing behind it takes that back. */
async function readBeginning(body: AsyncIterable<Uint8Array>): Promise<string> {
  const kept: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      if (size < KEPT_ANSWER_BYTES) kept.push(chunk.subarray(0, KEPT_ANSWER_BYTES - size));
      size += chunk.length;
      if (size >= READ_ANSWER_BYTES) break;
    }
  } catch {}
  // PostgreSQL takes no NUL in a text.
  return Buffer.concat(kept).toString('utf8').replaceAll('\0', '\ufffd');
}

function wordsOfStatus(status: number): string {
  if (status === 410) return 'The receiver answered 410: it is gone for good.';
  if (status >= 300 && status < 400) return `The receiver answered ${status}; redirections are not followed.`;
  return `The receiver answered ${status}.`;
}

/** Seconds or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) ? ms : null;
}
