import { request } from 'undici';
import WebSocket from 'ws';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { unexpectedAnswer } from '../errors.ts';

export type BellConnectionSettings = {
  /** Address of Odoo, or of its gevent port where no proxy leads `/websocket` there. */
  url: string;
  channel: string;
  /** The session cookie that names the database. */
  cookie: string;
  /** An answer to a ping is awaited that long, and the next ping is sent that long after it. */
  heartbeatMs: number;
  clock: Clock;
  signal: AbortSignal;
  /** The subscription is in force. */
  onReady: () => void;
  /** Something was sent on the channel: that there are events in the outbox, or anything else. */
  onMessage: (about: 'outbox' | 'other') => void;
};

/** What the rule of the addon `viaduct_events` sends; whatever has another name is about the configuration. */
const OUTBOX_NOTIFICATION = 'viaduct.outbox';
/** Notifications are empty; Odoo's own broadcasts on the same socket are small. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/**
 * Asks Odoo for an anonymous session on one database and resolves to its cookie. With several databases behind one
 * address only a stored session names one to the websocket: with the header X-Odoo-Database the session is not stored,
 * and the first message is answered with close code 4001 (tried on 19). Rejects when Odoo gives no session.
 */
export async function openBellSession(url: string, database: string, signal: AbortSignal): Promise<string> {
  const response = await request(`${trimmed(url)}/web/login?${new URLSearchParams({ db: database })}`, {
    signal,
  });
  await response.body.dump({ limit: 1024 * 1024, signal }).catch(() => undefined);
  const cookies = [response.headers['set-cookie'] ?? []].flat();
  const session = cookies
    .map((cookie) => /^session_id=[^;]+/.exec(cookie)?.[0])
    .find((found) => found !== undefined);
  if (session !== undefined) return session;
  throw unexpectedAnswer('/web/login', `a session (status ${response.statusCode})`);
}

/**
 * One websocket, from the connection to its end; resolves to the reason of the end. Odoo works through the frames of
 * a socket in order, so the answer to a ping sent after the subscription shows that this is in force. The version that
 * `/websocket` takes is compared for clients with a User-Agent only (bus/websocket.py), and we send none.
 */
export function holdBellConnection(settings: BellConnectionSettings): Promise<string> {
  const { url, channel, cookie, heartbeatMs, clock, signal, onReady, onMessage } = settings;
  const socket = new WebSocket(`${trimmed(url).replace(/^http/, 'ws')}/websocket`, {
    headers: { cookie },
    origin: new URL(url).origin,
    maxPayload: MAX_MESSAGE_BYTES,
    handshakeTimeout: heartbeatMs,
    perMessageDeflate: false,
    followRedirects: false,
  });
  const ended = new AbortController();
  let isAnswered = false;
  let isReady = false;

  const beat = async () => {
    for (;;) {
      isAnswered = false;
      socket.ping();
      await clock.sleep(heartbeatMs, ended.signal);
      if (!isAnswered) return socket.terminate();
    }
  };

  return new Promise((resolve) => {
    let reason = '';
    const stop = () => socket.terminate();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    socket.on('open', () => {
      socket.send(JSON.stringify({ event_name: 'subscribe', data: { channels: [channel], last: 0 } }));
      beat().catch(() => undefined);
    });
    socket.on('pong', () => {
      isAnswered = true;
      if (isReady) return;
      isReady = true;
      onReady();
    });
    socket.on('message', (data) => {
      isAnswered = true;
      onMessage(isOutboxOnly(data.toString()) ? 'outbox' : 'other');
    });
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', (code) => {
      ended.abort();
      signal.removeEventListener('abort', stop);
      resolve(reason === '' ? `closed with code ${code}` : reason);
    });
  });
}

const Notifications = z.array(z.object({ message: z.object({ type: z.string() }) })).min(1);

function isOutboxOnly(text: string): boolean {
  try {
    return Notifications.parse(JSON.parse(text)).every(({ message }) => message.type === OUTBOX_NOTIFICATION);
  } catch {
    return false;
  }
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}
