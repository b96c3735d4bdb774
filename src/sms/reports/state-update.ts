import type { StateStep, StateUpdate } from '../records.ts';
import type { StateJob } from '../schema.ts';
import { logStateOf, meaningOf, movesForward, RANK } from './status.ts';

/** The end of the year 2099: a report that names a later time has no clock, and PostgreSQL knows no time so far away. */
const LAST_SECOND = 4_102_444_799;

/** One thing that happened to an SMS, as Odoo is told it. `appendedAtMs` is its time where it names none. */
export function asUpdate(job: StateJob, appendedAtMs: number): StateUpdate {
  const { rank, state, failureType, words } = meaningOf(job);
  const report = job.kind === 'report' ? job.report : null;
  const at = secondOf(report?.time, appendedAtMs);
  const code = report?.code || null;
  const status = report?.status ?? job.kind;
  const step: StateStep = { at, status, rank, words: failureType === null ? null : words, code };
  return {
    ...{ uuid: job.uuid, rank, state, failureType, words, status },
    messageId: report?.id ?? (job.kind === 'accepted' ? job.messageId : null),
    logState: logStateOf({ rank, failureType }),
    code,
    acceptedAt: job.kind === 'accepted' ? at : null,
    endedAt: rank >= RANK.ended || rank === RANK.refused ? at : null,
    facts: job.kind === 'report' ? null : (job.facts ?? null),
    steps: [step],
  };
}

/** Two of one SMS, in the order they came: the furthest decides, and nothing that only one of them knows is lost. */
export function merged(known: StateUpdate, update: StateUpdate): StateUpdate {
  const further = movesForward(known.rank, update.rank) ? update : known;
  return {
    ...further,
    messageId: update.messageId ?? known.messageId,
    acceptedAt: update.acceptedAt ?? known.acceptedAt,
    facts: update.facts ?? known.facts,
    steps: [...known.steps, ...update.steps],
  };
}

function secondOf(time: number | undefined, otherwiseMs: number): number {
  const isTime = time !== undefined && time > 0 && time <= LAST_SECOND;
  return Math.floor(isTime ? time : otherwiseMs / 1_000);
}
