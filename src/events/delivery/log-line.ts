import { momentText } from '../moment.ts';
import type { AttemptResult } from './attempt.ts';
import type { Delivery } from './delivery.ts';

/** What Odoo's log of deliveries is told after an attempt: one line of the procedure `viaduct_events.log`. */
export type LogLine = {
  key: string;
  /** Lines of a delivery come with rising ranks; a later one wins. */
  rank: number;
  direction: 'out';
  type: string;
  eventKey: string;
  subscriptionId: number;
  model: string;
  recordId: number;
  state: 'waiting' | 'delivered' | 'failed';
  /** Of the last attempt, as the next five. */
  status: number | null;
  errorClass: string | null;
  durationMs: number;
  url: string;
  method: string;
  requestHeaders: string;
  body: string;
  response: string;
  /** All moments as `2025-01-22T10:30:00Z`. */
  eventAt: string;
  firstAt: string;
  endedAt: string | null;
  nextAt: string | null;
  attempts: readonly {
    number: number;
    at: string;
    url: string;
    status: number | null;
    durationMs: number;
    errorClass: string | null;
    words: string;
    response: string;
  }[];
};

export type Attempted = {
  delivery: Delivery;
  result: AttemptResult;
  /** Its number, from 1. */
  number: number;
  atMs: number;
  firstAtMs: number;
  rank: number;
  state: LogLine['state'];
  endedAtMs: number | null;
  nextAtMs: number | null;
};

/** The line of one attempt. */
export function logLine({ delivery, result, ...attempted }: Attempted): LogLine {
  const { status, errorClass, durationMs, url, response } = result;
  const { key, type, eventKey, subscriptionId, model, recordId, eventAt } = delivery;
  return {
    ...{ key, rank: attempted.rank, direction: 'out', type, eventKey, subscriptionId, model, recordId },
    state: attempted.state,
    ...{ status, errorClass, durationMs, url, method: result.method },
    ...{ requestHeaders: result.requestHeaders, body: result.body, response, eventAt },
    firstAt: momentText(attempted.firstAtMs),
    endedAt: attempted.endedAtMs === null ? null : momentText(attempted.endedAtMs),
    nextAt: attempted.nextAtMs === null ? null : momentText(attempted.nextAtMs),
    attempts: [
      {
        ...{ number: attempted.number, at: momentText(attempted.atMs), url, status, durationMs, errorClass },
        ...{ words: result.words, response },
      },
    ],
  };
}

/** Seconds from here fit into Odoo's 32-bit integers until 2093. */
const RANKS_BEGIN_MS = Date.UTC(2025, 0, 1);

/** The rank of the next line: greater than the one before, and than those of an earlier life of this delivery. */
export function nextRank(before: number, nowMs: number): number {
  return Math.max(before + 1, Math.floor((nowMs - RANKS_BEGIN_MS) / 1000));
}
