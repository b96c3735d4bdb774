import { clientAddress, type HttpContext, HttpError, type Problem, requestId } from '../../http/index.ts';
import type { RecordsDatabase } from '../database.ts';
import { type CallFacts, type Door, outcomeOf } from '../log/call-line.ts';
import { redacted } from '../log/redact.ts';
import type { Transacted, Transaction } from '../transaction.ts';
import type { Acting } from './acting.ts';
import type { Endpoint } from './endpoint.ts';
import type { Found, Presented } from './find-endpoint.ts';
import { isFromAllowedNetwork } from './networks.ts';

/** A call that was let in: as whom it acts, and where it is written down. */
export type Visit = {
  database: RecordsDatabase;
  endpoint: Endpoint;
  /** Odoo as the endpoint's user. */
  acting: Acting;
  transact: (transaction: Transaction) => Promise<Transacted>;
  /** Writes the one line of this call; to be called once, however it ended. */
  tell: (facts: CallFacts) => void;
};

export type DoorkeeperOptions = {
  /** May end by throwing when one is not known yet. */
  databases: () => Iterable<RecordsDatabase>;
  nowMs: () => number;
  /** A new uuid. */
  newUuid: () => string;
};

export type Doorkeeper = {
  /**
   * Lets a caller in. Throws an HttpError: `unauthorized` (401: an unknown address, a wrong key, one that is over, all in the
   * same words), `endpoint-closed` and `network-not-allowed` (403, only to who has the key), `too-many-calls` (429), `database-held`
   * (503). All but the first are written into the log.
   */
  enter: (c: HttpContext, door: Door, presented: Presented) => Promise<Visit>;
};

export function createDoorkeeper({ databases, nowMs, newUuid }: DoorkeeperOptions): Doorkeeper {
  async function find(presented: Presented): Promise<(Found & { database: RecordsDatabase }) | null> {
    for (const database of databases()) {
      const found = (await database.finder()).find(presented, nowMs());
      if (found !== null) return { ...found, database };
    }
    return null;
  }

  return {
    async enter(c, door, presented) {
      const startMs = nowMs();
      const found = await find(presented);
      const origin = clientAddress(c);
      if (found === null || isShutToAll(found, origin, nowMs())) throw unauthorized();
      const { database, endpoint, keyId } = found;
      const visit: Visit = {
        ...{ database, endpoint, acting: database.acting(endpoint) },
        transact: (transaction) => database.transact(endpoint, transaction),
        tell: ({ method, model, status, errorCode = null, records = null, input, output }) =>
          database.keep({
            ...{
              key: `${requestId(c)}:${newUuid()}`,
              endpoint: endpoint.id,
              keyId,
              door,
              verb: c.req.method,
            },
            ...{ at: new Date(startMs).toISOString(), durationMs: nowMs() - startMs, origin },
            ...{ method, model, status, errorCode, records, outcome: outcomeOf(status) },
            ...{ input: redacted(input), output: redacted(output) },
          }),
      };
      const problem = problemOfVisit(found, origin, nowMs());
      if (problem === null) return visit;
      visit.tell({ method: '', model: '', status: problem.status, errorCode: problem.code });
      throw new HttpError(problem);
    },
  };
}

/** Of a public endpoint nobody has shown that he may know it: where it is not open to him, it is not there. */
function isShutToAll({ endpoint, keyId }: Found, origin: string, nowMs: number): boolean {
  return keyId === null && (closedWords(endpoint, nowMs) !== null || !isFromAllowed(endpoint, origin));
}

function isFromAllowed({ networks }: Endpoint, origin: string): boolean {
  return isFromAllowedNetwork(origin, networks);
}

/** What stands against a call of a caller who has the key, or null. */
function problemOfVisit(
  { database, endpoint }: Found & { database: RecordsDatabase },
  origin: string,
  nowMs: number,
): Problem | null {
  const closed = closedWords(endpoint, nowMs);
  if (closed !== null) return { status: 403, code: 'endpoint-closed', detail: closed };
  if (!isFromAllowed(endpoint, origin)) {
    const detail = `The endpoint does not take calls from ${origin}. An administrator can allow its network in Odoo.`;
    return { status: 403, code: 'network-not-allowed', detail };
  }
  const waitMs = database.spend(endpoint);
  if (waitMs !== null) {
    const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
    const detail = `The endpoint takes ${endpoint.ratePerMinute} calls a minute. Wait ${seconds} s before the next one.`;
    return { status: 429, code: 'too-many-calls', detail, headers: { 'retry-after': seconds } };
  }
  const held = database.heldWords();
  if (held === null) return null;
  return { status: 503, code: 'database-held', detail: held, headers: { 'retry-after': '30' } };
}

function closedWords({ active, paused, expiresAt }: Endpoint, nowMs: number): string | null {
  if (!active) return 'The endpoint is archived. An administrator can take it out of the archive in Odoo.';
  if (paused) return 'The endpoint is paused. An administrator can resume it in Odoo.';
  if (expiresAt === null || Date.parse(expiresAt) > nowMs) return null;
  return `The endpoint expired on ${expiresAt}. An administrator can give it more time in Odoo.`;
}

function unauthorized(): HttpError {
  return new HttpError({
    status: 401,
    code: 'unauthorized',
    detail:
      'No endpoint takes this call. Send the key of one as "Authorization: Bearer …", or as the password of an Odoo client whose login is the uuid; an address with a uuid takes its own only.',
    headers: { 'www-authenticate': 'Bearer' },
  });
}
