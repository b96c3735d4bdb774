import type { Clock } from '../../clock.ts';
import { type Entry, type NewEntry, putOff, type Settlement } from '../../journal/index.ts';
import type { DatabaseIdentity } from '../../odoo/guard/index.ts';
import { parsePhoneNumber } from '../../phone/index.ts';
import { type AccountBook, accountFor, countryOfNumbers, type SmsAccount } from '../accounts/accounts.ts';
import type { GatewayApiClient } from '../gatewayapi/client.ts';
import type { MessageOutcome } from '../gatewayapi/errors.ts';
import { STATE_QUEUE } from '../queues.ts';
import type { SmsRecords } from '../records.ts';
import { factsOf, type Routing, unrouted } from '../reports/sms-facts.ts';
import { SendJob, SendMemo, type StateJob } from '../schema.ts';
import { inRequests } from './in-requests.ts';
import { type DropReason, decideAfterReadBack, type NextStep } from './read-back.ts';
import { retryAfterNotAccepted } from './retry.ts';
import { sendBatch } from './send-batch.ts';

/** What the worker lends a handler. */
type SendTools = {
  /** Writes memos on leased entries; the ids it returns are no longer ours. */
  mark(marks: readonly { id: Entry['id']; memo: string }[]): Promise<{ stale: Entry['id'][] }>;
  /** Aborts when the worker has to stop: what was not begun is left alone. */
  signal: AbortSignal;
};

export type SendJobsOptions = {
  records: Pick<SmsRecords, 'readBack'>;
  accounts: Pick<AccountBook, 'all'>;
  provider: Pick<GatewayApiClient, 'send'>;
  /** Judges what the database says of itself; false stops all traffic before anything is sent. */
  admits: (identity: DatabaseIdentity) => boolean;
  /** Messages in one request to GatewayAPI, at most 1,000. */
  requestLimit: number;
  /** For how long an SMS that the provider does not take is tried again. */
  maxAgeMs: number;
  clock: Clock;
  random: () => number;
  onOutcome: (outcome: MessageOutcome['kind'] | DropReason) => void;
};

type Job = { entry: Entry; sms: SendJob; memo: SendMemo | null };
type Routed = Job & { routing: Routing & { account: SmsAccount }; msisdn: string; dueMs: number | null };
type Refusal = MessageOutcome & { kind: 'refused' };

const HANDED_OVER = JSON.stringify({ stage: 'handed-over' } satisfies SendMemo);
const HELD_RETRY_MS = 5_000;
const LONGEST_LOOK_DELAY_MS = 60_000;
/** How long what became of a batch waits for the reports that follow, so that one write tells Odoo both. */
const GATHER_PER_SMS_MS = 4;
const LONGEST_GATHER_MS = 2_000;

/**
 * Handles a batch of the send queue: one look into Odoo for all of them (only what is committed is sent), then as few
 * requests to GatewayAPI as its limits allow. The intent is on disk before each request, so that after a crash nobody
 * mistakes "perhaps sent" for "not sent".
 */
export function createSendHandler(options: SendJobsOptions) {
  const { records, accounts, admits, clock, onOutcome } = options;

  return async function handle(entries: readonly Entry[], tools: SendTools): Promise<Settlement[]> {
    const jobs = entries.map(readJob);
    const interrupted = jobs.filter(({ memo }) => memo?.stage === 'handed-over');
    const settlements = interrupted.map((job) => {
      onOutcome('unknown');
      const words = 'Viaduct was stopped while it was handed over.';
      return settled(job, unrouted(job.sms), { kind: 'unknown', words });
    });
    const open = jobs.filter((job) => !interrupted.includes(job));
    if (open.length === 0) return settlements;

    const readBack = await records.readBack(open.map(({ sms }) => sms.uuid));
    if (!admits(readBack.identity)) {
      return [...settlements, ...open.map((job) => later(job, HELD_RETRY_MS, 'The database is held.'))];
    }
    const rows = new Map(readBack.found.map((row) => [row.uuid, row]));
    const book = await accounts.all();
    const ready: Routed[] = [];
    for (const job of open) {
      const next = decideAfterReadBack(job.sms, job.memo, rows.get(job.sms.uuid), {
        ...readBack,
        nowMs: clock.nowMs(),
      });
      if (next.step === 'drop') {
        onOutcome(next.reason);
        settlements.push({ id: job.entry.id, step: 'complete', forget: true });
      } else if (next.step === 'wait') {
        // Hundreds of SMS take Odoo seconds to commit: as long again as they have waited already.
        const ageMs = Math.min(clock.nowMs() - job.entry.appendedAtMs, LONGEST_LOOK_DELAY_MS);
        const delayMs = Math.max(next.delayMs, ageMs);
        settlements.push(later(job, delayMs, 'Not yet committed in Odoo.', next.memo));
      } else if (next.step === 'hold') {
        settlements.push(later(job, next.untilMs - clock.nowMs(), 'It is to go out later.'));
      } else if (next.step === 'give-up') {
        settlements.push({
          id: job.entry.id,
          step: 'bury',
          reason: 'Its transaction in Odoo has been open for a day: neither committed nor rolled back.',
        });
      } else {
        const routed = route(job, next, book);
        if ('refusal' in routed) settlements.push(settled(job, routed.routing, routed.refusal));
        else ready.push(routed);
      }
    }
    for (const batch of inRequests(ready, options.requestLimit)) {
      if (tools.signal.aborted) break;
      settlements.push(...(await send(batch, tools)));
    }
    return gathered(settlements, clock.nowMs());
  };

  async function send(batch: readonly Routed[], tools: SendTools): Promise<Settlement[]> {
    const { stale } = await tools.mark(batch.map(({ entry }) => ({ id: entry.id, memo: HANDED_OVER })));
    const ours = batch.filter(({ entry }) => !stale.includes(entry.id));
    const account = ours[0]?.routing.account;
    if (account === undefined) return [];
    const outcomes = await sendBatch(
      ours.map(({ sms, msisdn }) => ({ userref: sms.uuid, msisdn, content: sms.content })),
      (messages) => options.provider.send(account, messages),
    );
    return ours.map((job) => {
      const outcome = outcomes.get(job.sms.uuid) ?? { kind: 'unknown', words: 'No outcome was recorded.' };
      onOutcome(outcome.kind);
      return outcome.kind === 'not-accepted' ? again(job, outcome) : settled(job, job.routing, outcome);
    });
  }

  function again(job: Routed, outcome: Extract<MessageOutcome, { kind: 'not-accepted' }>): Settlement {
    const tries = (job.memo?.stage === 'not-accepted' ? job.memo.tries : 0) + 1;
    const delayMs = retryAfterNotAccepted({
      tries,
      retryAfterMs: outcome.retryAfterMs,
      random: options.random,
    });
    const sinceMs = Math.max(job.entry.appendedAtMs, job.dueMs ?? job.entry.appendedAtMs);
    if (clock.nowMs() + delayMs - sinceMs > options.maxAgeMs) {
      return settled(job, job.routing, { kind: 'refused', failureType: 'sms_server', words: outcome.words });
    }
    return later(job, delayMs, outcome.words, { stage: 'not-accepted', tries });
  }

  function later(job: Job, delayMs: number, error: string, memo: SendMemo | null = null): Settlement {
    const kept = memo === null ? {} : { memo: JSON.stringify(memo) };
    return { ...putOff(job.entry, clock.nowMs() + delayMs, error), ...kept };
  }
}

function readJob(entry: Entry): Job {
  return {
    entry,
    sms: SendJob.parse(JSON.parse(entry.payload)),
    memo: entry.memo === null ? null : SendMemo.parse(JSON.parse(entry.memo)),
  };
}

/** Ends a send and tells Odoo. A refused SMS may be sent again under its uuid: its dedupe key is freed. */
function settled(
  job: Job,
  routing: Routing,
  outcome: Exclude<MessageOutcome, { kind: 'not-accepted' }>,
): Settlement {
  const facts = factsOf(job.sms, routing, outcome, job.entry.appendedAtMs);
  const of = { uuid: job.sms.uuid, facts };
  const state: StateJob =
    outcome.kind === 'accepted'
      ? { kind: 'accepted', messageId: outcome.messageId, ...of }
      : { ...outcome, ...of };
  const append: NewEntry[] = [
    { database: job.entry.database, queue: STATE_QUEUE, key: job.sms.uuid, payload: JSON.stringify(state) },
  ];
  return { id: job.entry.id, step: 'complete', forget: outcome.kind === 'refused', append };
}

/** One SMS hardly waits; with hundreds, their reports arrive meanwhile and stay behind what was appended here. */
function gathered(settlements: readonly Settlement[], nowMs: number): Settlement[] {
  const runAtMs = nowMs + Math.min(GATHER_PER_SMS_MS * settlements.length, LONGEST_GATHER_MS);
  return settlements.map((settlement) =>
    settlement.append === undefined
      ? settlement
      : { ...settlement, append: settlement.append.map((entry) => ({ ...entry, runAtMs })) },
  );
}

/** Who sends it to which number, now that its company is known; or why nobody does. */
function route(
  job: Job,
  { companyId, companyCountry, dueMs }: Extract<NextStep, { step: 'send' }>,
  book: readonly SmsAccount[],
): Routed | { refusal: Refusal; routing: Routing } {
  const account = accountFor(book, { ...job.sms, companyId });
  const fault = account === null ? noAccountFor(companyId) : account.problem;
  const routing = { ...unrouted(job.sms), account, companyId };
  if (account === null || fault !== null) return { refusal: unusable(fault ?? ''), routing };
  const parsed = parsePhoneNumber(job.sms.number, countryOfNumbers(account, companyCountry));
  if (!parsed.ok) {
    return { refusal: { kind: 'refused', failureType: 'sms_number_format', words: parsed.words }, routing };
  }
  const { msisdn, e164, country } = parsed;
  return { ...job, msisdn, dueMs, routing: { account, companyId, number: e164, country } };
}

function noAccountFor(companyId: number | null): string {
  return `There is no GatewayAPI account for this company (${companyId ?? 'none'}). Open one from its IAP account.`;
}

function unusable(words: string): Refusal {
  return { kind: 'refused', failureType: 'sms_acc', words };
}
