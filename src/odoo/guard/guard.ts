import { type Clock, repeat } from '../../clock.ts';
import type { Journal } from '../../journal/index.ts';
import type { Log } from '../../log.ts';
import { OdooError } from '../errors.ts';
import type { OdooClient } from '../odoo.ts';
import { createFailureLog } from './failure-log.ts';
import { askedAtBeat, DatabaseIdentity } from './identity.ts';
import { judgeDatabase, NOT_ASKED_YET, servedTwice, type Verdict } from './judge-database.ts';

export type DatabaseGuardParts = {
  client: Pick<OdooClient, 'procedure' | 'database'>;
  /** Its notes hold the highest beat seen, by the database's uuid. */
  journal: Pick<Journal, 'remember' | 'recall'>;
  /** The id of this Viaduct's journal, from `journalInstance`. */
  instance: string;
  clock: Clock;
  log: Pick<Log, 'info' | 'warn'>;
  /** Asks whether the database with this uuid is served already, and as what; without it none is. */
  claim?: (uuid: string) => Promise<string | null>;
  /** Between two checks, in milliseconds. */
  intervalMs?: number;
  /** Called when traffic is opened, held, or held for another reason. */
  onChange?: (verdict: Verdict) => void;
};

/** Watches over one database: copies stay silent. */
export type DatabaseGuard = {
  /** Checks at once and then at the interval; resolves after the first check, whatever came of it. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
  /**
   * Asks the database who it is, raises its beat or writes into it why it is held. Also to be called when the bell
   * rings. Never rejects: while Odoo cannot be reached, the last verdict stands.
   */
  check: () => Promise<Verdict>;
  /**
   * The verdict for a batch, from the identity that its own call brought along. A doubt closes the batch and has the
   * database checked; it changes no verdict by itself.
   */
  judge: (seen: DatabaseIdentity) => Verdict;
  /**
   * Procedures whose answers are judged by what was known when they were asked for: a beat that is raised meanwhile, as
   * whenever the bell rings, would make them look like those of a restored backup.
   */
  watching: (procedure: OdooClient['procedure']) => OdooClient['procedure'];
  verdict: () => Verdict;
  isOpen: () => boolean;
};

/** The note of the highest beat seen of a database. */
export const BEAT_NOTE = 'guard.beat';
const DEFAULT_INTERVAL_MS = 60_000;
/** An Odoo that was away for a moment when Viaduct started must not cost a whole interval. */
const UNANSWERED_MS = 1_000;
/** A check may wait for its own turn in Odoo, but not as long as traffic may. */
const CHECK_TIMEOUT_MS = 20_000;

/** Makes the guard of one database; nothing is asked before `start` or `check`. */
export function createDatabaseGuard(parts: DatabaseGuardParts): DatabaseGuard {
  const { client, instance, clock, log, intervalMs = DEFAULT_INTERVAL_MS, onChange = () => {} } = parts;
  const ask = createAsk(parts);
  const failures = createFailureLog({
    ...{ database: client.database, clock, log },
    words: { failing: 'the database could not be checked', again: 'the database can be checked again' },
  });
  let verdict: Verdict = NOT_ASKED_YET;
  let known: { uuid: string; beat: number } | null = null;
  let underway: Promise<Verdict> | null = null;
  let stopping: { abort: AbortController; ended: Promise<void> } | null = null;

  const settle = (next: Verdict) => {
    const isSame = JSON.stringify(next) === JSON.stringify(verdict);
    const isNews = !isSame && !(holdCode(next) !== null && holdCode(next) === holdCode(verdict));
    verdict = next;
    if (!isNews) return;
    if (next.open) log.info({ database: client.database }, 'traffic of the database is open');
    else
      log.warn(
        { database: client.database, code: next.code, reason: next.words },
        'traffic of the database is held',
      );
    onChange(next);
  };
  const checkOnce = async (): Promise<Verdict> => {
    try {
      const answer = await ask();
      failures.succeeded();
      known = answer.known;
      settle(answer.verdict);
    } catch (error) {
      const held = heldByError(error);
      if (held !== null) settle(held);
      failures.failed(error);
    }
    return verdict;
  };
  const check = () => {
    underway ??= checkOnce().finally(() => {
      underway = null;
    });
    return underway;
  };
  const judge = (seen: DatabaseIdentity): Verdict => {
    if (known?.uuid !== seen.uuid) {
      void check();
      return NOT_ASKED_YET;
    }
    const rememberedBeat = Math.min(known.beat, seen.knownBeat ?? known.beat);
    const judged = judgeDatabase({ instance, rememberedBeat, seen });
    if (judged.open && verdict.open) known.beat = Math.max(known.beat, seen.beat);
    // A check never rejects, so nobody has to wait for this one.
    if (!judged.open || !verdict.open) void check();
    return judged;
  };
  const pauseMs = () => (verdict === NOT_ASKED_YET ? UNANSWERED_MS : intervalMs);
  const checkAgain = async () => {
    await check();
    return pauseMs();
  };

  return {
    start: async () => {
      if (stopping !== null) return;
      const abort = new AbortController();
      const first = check();
      const { signal } = abort;
      const ended = first.then(() => repeat(checkAgain, { clock, signal, firstPauseMs: pauseMs() }));
      stopping = { abort, ended };
      await first;
    },
    stop: async () => {
      stopping?.abort.abort();
      await stopping?.ended;
      await underway;
      stopping = null;
    },
    check,
    judge,
    watching: (procedure) => async (name, payload, options) => {
      const knownBeat = known?.beat;
      return askedAtBeat(await procedure(name, payload, options), knownBeat);
    },
    verdict: () => verdict,
    isOpen: () => verdict.open,
  };
}

type Answer = { verdict: Verdict; known: { uuid: string; beat: number } };

/** One check: who are you, the verdict, and then the beat or the reason written into the database. */
function createAsk({ client, journal, instance, claim }: DatabaseGuardParts): () => Promise<Answer> {
  const call = async (procedure: string, payload: { readonly [key: string]: string | number }) =>
    DatabaseIdentity.parse(
      // Raising a beat twice does no harm.
      await client.procedure(procedure, payload, { idempotent: true, timeoutMs: CHECK_TIMEOUT_MS }),
    );
  const recallBeat = async (uuid: string) => {
    const note = await journal.recall(uuid, BEAT_NOTE);
    return note === null ? null : Number(note);
  };
  return async () => {
    let seen = await call('viaduct_base.identity', {});
    const rememberedBeat = await recallBeat(seen.uuid);
    const judgeNow = () => judgeDatabase({ instance, rememberedBeat, seen });
    let verdict = judgeNow();
    if (holdCode(verdict) === 'went-back-in-time') {
      // Another Viaduct on the same journal may have raised the beat after our question was answered: ask again.
      seen = await call('viaduct_base.identity', {});
      verdict = judgeNow();
    }
    const other = verdict.open ? ((await claim?.(seen.uuid)) ?? null) : null;
    // Before its beat is raised: otherwise the true database would look like the restored one.
    if (other !== null) verdict = servedTwice(other);
    if (verdict.open) {
      seen = await call('viaduct_base.beat', { instance });
      verdict = judgeNow();
      if (verdict.open) await journal.remember(seen.uuid, BEAT_NOTE, String(seen.beat));
    }
    if (!verdict.open) {
      const { code: held, words: reason } = verdict;
      await call('viaduct_base.beat', { instance, held, reason, expected_beat: rememberedBeat ?? 0 });
    }
    const uuid = other === null ? seen.uuid : '';
    return { verdict, known: { uuid, beat: Math.max(seen.beat, rememberedBeat ?? 0) } };
  };
}

function holdCode(verdict: Verdict): string | null {
  return verdict.open ? null : verdict.code;
}

/** A database without our addon is not the one that was confirmed; an Odoo that is down says nothing about it. */
function heldByError(error: unknown): Verdict | null {
  const isWithoutAddon =
    error instanceof OdooError && (error.code === 'odoo-procedure-missing' || error.kind === 'access');
  if (!isWithoutAddon) return null;
  return {
    open: false,
    code: 'unknown-database',
    words: `This database is not set up for Viaduct. Run "viaduct provision". ${error.message}`,
  };
}
