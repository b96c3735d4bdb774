import { type Clock, systemClock } from '../../clock.ts';
import { holdBellConnection, openBellSession } from './bell-connection.ts';
import { createRingCoalescer } from './ring-coalescer.ts';
import { type Bell, type BellState, type ReconnectLimits, stayConnected } from './stay-connected.ts';

export type BellSettings = {
  /** Address of Odoo, or of its gevent port where no proxy leads `/websocket` there. */
  url: string;
  database: string;
  /** A secret random string: whoever knows it may listen, and needs no login. */
  channel: string;
  /** Something may have happened: at each connection, and at most once per `coalesceMs` of a burst. */
  onRing: () => void;
  /** There are events in the outbox, and nothing else happened; without it `onRing` is told of them too. */
  onOutbox?: () => void;
  /** Called when the state changes; without a bell, poll faster. */
  onState?: (state: BellState) => void;
  limits?: Partial<BellLimits>;
  clock?: Clock;
  random?: () => number;
};

export type BellLimits = ReconnectLimits & {
  heartbeatMs: number;
  coalesceMs: number;
  /** The same for events in the outbox, which are in a hurry. */
  outboxMs: number;
};

export const defaultBellLimits: BellLimits = {
  heartbeatMs: 15_000,
  firstReconnectMs: 500,
  longestReconnectMs: 30_000,
  coalesceMs: 50,
  outboxMs: 5,
};

/** Listens on one string channel of Odoo's bus by an anonymous websocket, and reconnects for as long as it is started. */
export function createBell(settings: BellSettings): Bell {
  const {
    url,
    database,
    channel,
    onRing,
    onOutbox = onRing,
    onState = () => {},
    clock = systemClock,
    random = Math.random,
  } = settings;
  const limits = { ...defaultBellLimits, ...settings.limits };
  const stopping = new AbortController();
  const { signal } = stopping;
  const ring = createRingCoalescer({ windowMs: limits.coalesceMs, onRing, clock, signal });
  const ringForOutbox = createRingCoalescer({ windowMs: limits.outboxMs, onRing: onOutbox, clock, signal });
  let cookie: string | undefined;

  const onReady = () => {
    onState({ state: 'connected' });
    // Whatever was announced while nobody listened.
    ring();
  };
  const connectOnce = async (): Promise<string> => {
    const timeout = AbortSignal.timeout(limits.heartbeatMs);
    cookie ??= await openBellSession(url, database, AbortSignal.any([signal, timeout]));
    const { heartbeatMs } = limits;
    const reason = await holdBellConnection({
      ...{ url, channel, cookie, heartbeatMs, clock, signal, onReady },
      onMessage: (about) => (about === 'outbox' ? ringForOutbox() : ring()),
    });
    // A session that ended is no use again; one that was refused neither.
    cookie = undefined;
    return reason;
  };
  return stayConnected({ connectOnce, onState, limits, clock, random, stopping });
}
