import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { clientAddress, visitorKey } from './client-address.ts';
import type { HttpContext } from './context.ts';
import { HttpError } from './problem.ts';

/**
 * What a route lets one visitor do in a window of time.
 * - `requests`: every request counts; for routes that people and programs call.
 * - `refusals`: only answers 401 and 403 count; for routes of providers, who may send all they have.
 */
export type RateLimit = {
  count: 'requests' | 'refusals';
  points: number;
  windowSeconds: number;
  /** For protocols that tell a refusal with the status 200: whether this answer was one. */
  isRefusal?: (c: HttpContext) => boolean;
  /** Who is one visitor; without it the client's address. */
  key?: (c: HttpContext) => string;
};

/** One limit at work: asked before the handler, told the answer's status after it. */
export type RateLimiter = {
  /** Rejects with `too-many-requests` (429) and Retry-After; undefined when there is nothing to wait for. */
  before: (c: HttpContext) => Promise<void> | undefined;
  after: (c: HttpContext, status: number) => Promise<void>;
};

const REFUSALS = new Set([401, 403]);

/** A limit with its own memory. Visitors are forgotten when their window ends. */
export function createRateLimiter({
  count,
  points,
  windowSeconds,
  key = addressKey,
  isRefusal = () => false,
}: RateLimit): RateLimiter {
  const limiter = new RateLimiterMemory({ points, duration: windowSeconds });
  const countsAll = count === 'requests';
  let anyCounted = false;

  async function refuseSpent(visitor: string): Promise<void> {
    const spent = await limiter.get(visitor);
    if (spent !== null && spent.consumedPoints >= points) throw tooMany(spent);
  }

  function before(c: HttpContext): Promise<void> | undefined {
    if (countsAll) return spend(limiter, key(c));
    return anyCounted ? refuseSpent(key(c)) : undefined;
  }

  async function after(c: HttpContext, status: number): Promise<void> {
    if (countsAll || !(REFUSALS.has(status) || isRefusal(c))) return;
    anyCounted = true;
    await limiter.penalty(key(c));
  }

  return { before, after };
}

async function spend(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    throw error instanceof RateLimiterRes ? tooMany(error) : error;
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): HttpError {
  const seconds = String(Math.max(1, Math.ceil(msBeforeNext / 1000)));
  return new HttpError({
    status: 429,
    code: 'too-many-requests',
    detail: `Too many requests. Wait ${seconds} s before the next one.`,
    headers: { 'retry-after': seconds },
  });
}

function addressKey(c: HttpContext): string {
  return visitorKey(clientAddress(c));
}
