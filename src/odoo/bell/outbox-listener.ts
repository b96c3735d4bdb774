import { z } from 'zod';
import { type Clock, systemClock } from '../../clock.ts';
import { errorText } from '../../errors.ts';
import { openPostgres, type PostgresConnection } from './postgres-connection.ts';
import { type Bell, type BellState, stayConnected } from './stay-connected.ts';

export type OutboxListenerSettings = {
  /** `postgres://USER:PASSWORD@HOST:PORT`, where Odoo's PostgreSQL is, for a role that needs no right but to connect. */
  url: string;
  /** Odoo's database there. */
  database: string;
  /** There are events in the outbox, or there may be. */
  onRing: () => void;
  onState?: (state: BellState) => void;
  limits?: Partial<ListenerLimits>;
  clock?: Clock;
  random?: () => number;
};

export type ListenerLimits = {
  /** An answer is awaited that long, and the connection is tried that long after it. */
  heartbeatMs: number;
  /** How soon the place of the listener is asked for again while another has it, or a transaction holds it open. */
  retryMs: number;
  firstReconnectMs: number;
  longestReconnectMs: number;
  /** How long after a notification it rings, for it and all that come in the meantime. */
  settleMs: number;
};

const defaultLimits: ListenerLimits = {
  heartbeatMs: 15_000,
  retryMs: 1000,
  firstReconnectMs: 500,
  longestReconnectMs: 30_000,
  settleMs: 25,
};

/**
 * What the function `viaduct_outbox` in Odoo's database goes by (viaduct_events.procedure_provision): it asks for the lock for
 * itself, and notifies only where it does not get it; where it does, it has Odoo's bus ring.
 */
const LISTEN = 'listen viaduct_outbox';
const TAKE_PLACE = "select pg_try_advisory_lock(x'76696164756374'::bigint) as taken";
/** Saves that are just ending hold it open now and then, and a Viaduct that was killed for a moment more. */
const QUIET_TRIES = 5;
const TAKEN_WORDS = 'another Viaduct listens, or a transaction that began before has not ended';
const Taken = z.tuple([z.object({ taken: z.boolean() })]);

/**
 * The bell of the outbox by PostgreSQL's own NOTIFY, beside Odoo's bus: that opens a connection for every ring while the user
 * waits, this costs nothing. It is in force while its session holds a lock, so that with its end, whatever the cause, Odoo's bus
 * rings again from the next transaction on.
 */
export function createOutboxListener(settings: OutboxListenerSettings): Bell {
  const { onRing, onState = () => {}, clock = systemClock, random = Math.random } = settings;
  const limits = { ...defaultLimits, ...settings.limits };
  const stopping = new AbortController();
  const { signal } = stopping;
  let isSettling = false;

  /** PostgreSQL tells at the commit, before Odoo has answered the user: he comes first, and Odoo may have but one process. */
  function onNotification(): void {
    if (isSettling) return;
    isSettling = true;
    const settled = () => {
      isSettling = false;
      if (!signal.aborted) onRing();
    };
    void clock.sleep(limits.settleMs, signal).then(settled, settled);
  }

  async function connectOnce(): Promise<string> {
    const postgres = openPostgres({ ...settings, timeoutMs: limits.heartbeatMs, onNotification });
    const either = AbortSignal.any([signal, postgres.ended]);
    signal.addEventListener('abort', postgres.close, { once: true });
    try {
      await postgres.query(LISTEN);
      await takePlace(postgres, either);
      onState({ state: 'connected' });
      onRing();
      for (;;) {
        await clock.sleep(limits.heartbeatMs, either);
        await postgres.query('select 1');
      }
    } catch (error) {
      return errorText(postgres.ended.reason ?? error);
    } finally {
      signal.removeEventListener('abort', postgres.close);
      await postgres.close();
      // Whatever PostgreSQL said in the meantime was not heard.
      if (!signal.aborted) onRing();
    }
  }

  /** Not by waiting for the lock: what PostgreSQL has to tell comes between two statements only. */
  async function takePlace({ query }: PostgresConnection, ended: AbortSignal): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const [{ taken }] = Taken.parse(await query(TAKE_PLACE));
      if (taken) return;
      if (tries === QUIET_TRIES) onState({ state: 'disconnected', reason: TAKEN_WORDS });
      await clock.sleep(limits.retryMs, ended);
    }
  }

  return stayConnected({ connectOnce, onState, limits, clock, random, stopping });
}
