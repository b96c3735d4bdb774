import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { errorText } from '../../errors.ts';

export type PostgresSettings = {
  /** `postgres://USER:PASSWORD@HOST:PORT`, as the setting ODOO_POSTGRES_URL. */
  url: string;
  database: string;
  /** For the connection, and for each answer. */
  timeoutMs: number;
  onNotification?: () => void;
};

export type PostgresConnection = {
  /** Connects at the first. Rejects with PostgreSQL's words, which never name the password. */
  query: (sql: string) => Promise<unknown[]>;
  /** Aborted with the reason when the connection ends. */
  ended: AbortSignal;
  close: () => Promise<void>;
};

/** How long PostgreSQL is given to take leave. */
const LEAVE_MS = 500;

/** One connection to Odoo's database in PostgreSQL, beside Odoo. */
export function openPostgres({
  url,
  database,
  timeoutMs,
  onNotification = () => {},
}: PostgresSettings): PostgresConnection {
  const address = new URL(url);
  address.pathname = `/${encodeURIComponent(database)}`;
  // Of our own, so that one that hangs can be ended.
  const socket = new Socket();
  const client = new Client({
    ...{ connectionString: address.href, application_name: 'viaduct', stream: () => socket },
    ...{ keepAlive: true, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs },
  });
  const ended = new AbortController();
  const end = (reason: string) => ended.abort(new Error(reason));
  client.on('error', (error) => end(errorText(error)));
  client.on('end', () => end('PostgreSQL ended the connection'));
  client.on('notification', onNotification);
  const untilEnded = new Promise<never>((_, reject) => {
    ended.signal.addEventListener('abort', () => reject(ended.signal.reason), { once: true });
  });
  untilEnded.catch(() => undefined);
  let connecting: Promise<unknown> | undefined;

  return {
    query: async (sql) => {
      // A client that is ended while it connects lets its caller wait for ever.
      connecting ??= Promise.race([client.connect(), untilEnded]);
      await connecting;
      return (await client.query(sql)).rows;
    },
    ended: ended.signal,
    close: async () => {
      end('the connection was closed');
      await Promise.race([client.end().catch(() => undefined), sleep(LEAVE_MS, undefined, { ref: false })]);
      socket.destroy();
    },
  };
}
