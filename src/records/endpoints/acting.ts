import type { Clock } from '../../clock.ts';
import { HttpError } from '../../http/index.ts';
import type { DatabaseIdentity } from '../../odoo/guard/index.ts';
import { type Json, type OdooClient, type OdooConnection, OdooError } from '../../odoo/index.ts';
import type { RecordsProcedures } from '../records.ts';
import { isObject } from '../scope/json.ts';
import type { Endpoint } from './endpoint.ts';

/** Odoo, as the user of an endpoint sees it: with his rights, and of one company where the endpoint names one. */
export type Acting = { call: OdooClient['call'] };

/** What a user signs in with. */
export type ActingAccount = { login: string; password: string };

export type ActingClientsOptions = {
  records: Pick<RecordsProcedures, 'actingKey' | 'revoke'>;
  connect: (account: ActingAccount) => OdooConnection;
  admits: (identity: DatabaseIdentity) => boolean;
  clock: Clock;
  log: Record<'warn', (fields: object, message: string) => void>;
};

export type ActingClients = {
  of(endpoint: Endpoint): Acting;
  /** Endpoints were read: forgets the keys of those that changed hands, and revokes those of the closed and the gone. */
  update(endpoints: readonly Endpoint[]): void;
  stop(): Promise<void>;
};

type Connected = { connection: OdooConnection; renewAtMs: number };
type Held = {
  userId: number;
  connected: Promise<Connected>;
  mintedAtMs: number;
  /** Calls that are under way; the connection ends after the last of them once it is forgotten. */
  calls: number;
  isForgotten: boolean;
};

/** Connections that are open at a time; the one that was used least recently makes place. */
const MOST_CONNECTIONS = 64;
/** Odoo locks an address out after ten refused logins: a key that is refused at once is not replaced at once. */
const REFUSED_REST_MS = 30_000;

/** One connection for each endpoint that is used, with a key that is minted when it is first needed and renewed in time. */
export function createActingClients({
  records,
  connect,
  admits,
  clock,
  log,
}: ActingClientsOptions): ActingClients {
  const held = new Map<number, Held>();

  async function mint(endpointId: number): Promise<Connected> {
    const { identity, held: isHeld, login, key, endsAt } = await records.actingKey(endpointId);
    if (!admits(identity) || isHeld || login === null || key === null || endsAt === null) throw heldError();
    const nowMs = clock.nowMs();
    // In the last quarter of its life.
    const renewAtMs = nowMs + (Date.parse(endsAt) - nowMs) * 0.75;
    return { connection: connect({ login, password: key }), renewAtMs };
  }

  function forget(id: number, entry: Held): void {
    if (held.get(id) === entry) held.delete(id);
    entry.isForgotten = true;
    if (entry.calls === 0) void end(entry);
  }

  function begin({ id, userId }: Endpoint): Held {
    const entry = { userId, connected: mint(id), mintedAtMs: clock.nowMs(), calls: 0, isForgotten: false };
    held.set(id, entry);
    entry.connected.catch(() => forget(id, entry));
    const [oldest] = held;
    if (held.size > MOST_CONNECTIONS && oldest !== undefined) forget(...oldest);
    return entry;
  }

  /** The entry in use, now the one that was used last. */
  async function entryFor(endpoint: Endpoint): Promise<Held> {
    const known = held.get(endpoint.id);
    if (known === undefined) return begin(endpoint);
    const { renewAtMs } = await known.connected;
    if (known.userId !== endpoint.userId || clock.nowMs() >= renewAtMs) {
      forget(endpoint.id, known);
      return entryFor(endpoint);
    }
    if (held.get(endpoint.id) === known) {
      held.delete(endpoint.id);
      held.set(endpoint.id, known);
    }
    return known;
  }

  async function callBy(entry: Held, ...given: Parameters<OdooClient['call']>): Promise<Json> {
    entry.calls += 1;
    try {
      const { connection } = await entry.connected;
      return await connection.call(...given);
    } finally {
      entry.calls -= 1;
      if (entry.isForgotten && entry.calls === 0) void end(entry);
    }
  }

  return {
    of: (endpoint) => ({
      async call(model, method, args, options = {}) {
        const given = withCompany(endpoint, options);
        const entry = await entryFor(endpoint);
        try {
          return await callBy(entry, model, method, args, given);
        } catch (error) {
          const isFresh = clock.nowMs() - entry.mintedAtMs < REFUSED_REST_MS;
          if (!(error instanceof OdooError) || error.kind !== 'auth' || isFresh) throw error;
          // The key was removed in Odoo, or made way for a newer one: nothing was done yet.
          forget(endpoint.id, entry);
          return await callBy(await entryFor(endpoint), model, method, args, given);
        }
      },
    }),
    update(endpoints) {
      const usable = new Map(endpoints.filter(isUsable).map(({ id, userId }) => [id, userId]));
      const closed = [...held].filter(([id, { userId }]) => usable.get(id) !== userId);
      for (const [id, entry] of closed) forget(id, entry);
      const unused = closed.map(([id]) => id).filter((id) => !usable.has(id));
      if (unused.length === 0) return;
      records
        .revoke(unused)
        .catch((error: unknown) => log.warn({ error }, 'keys of closed endpoints could not be revoked'));
    },
    async stop() {
      const entries = [...held.values()];
      held.clear();
      await Promise.all(entries.map(end));
    },
  };
}

async function end({ connected }: Held): Promise<void> {
  const { connection } = await connected.catch(() => ({ connection: null }));
  await connection?.stop();
}

function isUsable({ active, paused }: Endpoint): boolean {
  return active && !paused;
}

/** The company of the endpoint is not the caller's to choose. */
function withCompany({ companyId }: Endpoint, options: NonNullable<Parameters<OdooClient['call']>[3]>) {
  if (companyId === null) return options;
  const { context } = options.kwargs ?? {};
  const base = isObject(context) ? context : {};
  return {
    ...options,
    kwargs: { ...options.kwargs, context: { ...base, allowed_company_ids: [companyId] } },
  };
}

function heldError(): HttpError {
  return new HttpError({
    status: 503,
    code: 'database-held',
    detail: 'Viaduct holds the traffic of this database. An administrator sees why in Odoo, under Viaduct.',
    headers: { 'retry-after': '30' },
  });
}
