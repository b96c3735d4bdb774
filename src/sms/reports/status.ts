import { unreachable } from '../../errors.ts';
import type { StateJob } from '../schema.ts';
import { isBadNumber, wordsOfCode } from './report-codes.ts';

/** Odoo's own states of an SMS (`sms.sms.state`), as far as Viaduct writes them. */
export type OdooState = 'process' | 'pending' | 'sent' | 'error' | 'bounce';

/** What a status means in Odoo. A higher `rank` is further on; only a higher rank may replace a lower one. */
export type StatusMeaning = { rank: number; state: OdooState; failureType: string | null; words: string };

/**
 * The ranks of the steps of an SMS: states only move forward. A refusal ranks below all others, because a person may send
 * a refused SMS again under the same uuid, with any outcome; for the same reason the ranks below `accepted` may replace
 * themselves.
 */
export const RANK = {
  refused: 8,
  unknownOutcome: 9,
  accepted: 10,
  underway: 20,
  ended: 30,
  delivered: 40,
} as const;

/** What the log in Odoo shows of an SMS that was sent (values of `x_gatewayapi_sms.x_state`). */
export type LogState = 'refused' | 'unknown' | 'accepted' | 'on_its_way' | 'delivered' | 'failed';

/** The log's state of a step. */
export function logStateOf({ rank, failureType }: Pick<StatusMeaning, 'rank' | 'failureType'>): LogState {
  if (rank < RANK.unknownOutcome) return 'refused';
  if (rank < RANK.accepted) return 'unknown';
  if (rank < RANK.underway) return 'accepted';
  if (rank < RANK.ended) return 'on_its_way';
  return failureType === null ? 'delivered' : 'failed';
}

/** Whether something of rank `next` may replace something of rank `current`. */
export function movesForward(current: number, next: number): boolean {
  return next > current || (next === current && next < RANK.accepted);
}

/**
 * Every status of a GatewayAPI delivery report (REST documentation, "Delivery status"): four are transient, seven final.
 * ACCEPTED means that the network took it on the receiver's behalf; no handset receipt will follow, so it counts as delivered.
 */
export const GATEWAYAPI_STATUSES = {
  UNKNOWN: underway('GatewayAPI does not know the status yet.'),
  SCHEDULED: underway('Scheduled at GatewayAPI.'),
  BUFFERED: underway('Held by GatewayAPI, to be tried again.'),
  ENROUTE: underway('On its way in the mobile network.'),
  DELIVERED: { rank: RANK.delivered, state: 'sent', failureType: null, words: 'Delivered.' },
  ACCEPTED: {
    rank: RANK.ended,
    state: 'sent',
    failureType: null,
    words: 'Accepted by the network on the receiver’s behalf.',
  },
  EXPIRED: ended('error', 'sms_expired', 'The validity period ran out before it could be delivered.'),
  DELETED: ended('error', 'sms_not_delivered', 'Cancelled at GatewayAPI.'),
  UNDELIVERABLE: ended('error', 'sms_not_delivered', 'It cannot be delivered to this number.'),
  REJECTED: ended('bounce', 'sms_rejected', 'Refused by the mobile network.'),
  SKIPPED: ended('error', 'sms_not_delivered', 'Accepted, then ignored by a rule of the mobile network.'),
} as const satisfies Record<string, StatusMeaning>;

type GatewayApiStatus = keyof typeof GATEWAYAPI_STATUSES;

/** Whether this is one of GatewayAPI's documented statuses. */
export function isGatewayApiStatus(status: string): status is GatewayApiStatus {
  return Object.hasOwn(GATEWAYAPI_STATUSES, status);
}

const UNKNOWN_OUTCOME_ADVICE =
  'It may or may not have been sent: its delivery report will settle this. Do not send it again before you have checked.';

/** What a step of our own sending, or a delivery report, means in Odoo. */
export function meaningOf(job: StateJob): StatusMeaning {
  switch (job.kind) {
    case 'accepted':
      return { rank: RANK.accepted, state: 'pending', failureType: null, words: 'Accepted by GatewayAPI.' };
    case 'refused':
      return { rank: RANK.refused, state: 'error', failureType: job.failureType, words: job.words };
    case 'unknown':
      return {
        rank: RANK.unknownOutcome,
        state: 'error',
        failureType: 'unknown',
        words: `Unknown outcome. ${job.words} ${UNKNOWN_OUTCOME_ADVICE}`,
      };
    case 'report':
      return isGatewayApiStatus(job.report.status)
        ? meaningOfReport({ ...job.report, status: job.report.status })
        : GATEWAYAPI_STATUSES.UNKNOWN;
    default:
      return unreachable(job);
  }
}

/** What a delivery report means in Odoo, with the provider's own words where it gives any. */
function meaningOfReport(report: {
  status: GatewayApiStatus;
  error?: string | null | undefined;
  code?: string | null | undefined;
}): StatusMeaning {
  const meaning = GATEWAYAPI_STATUSES[report.status];
  if (meaning.failureType === null) return meaning;
  const said = report.error || wordsOfCode(report.code) || meaning.words;
  const words = [report.status, said, report.code && `(${report.code})`];
  const invalid = report.status === 'UNDELIVERABLE' && isBadNumber(report.code);
  return {
    ...meaning,
    ...(invalid ? { state: 'bounce', failureType: 'sms_invalid_destination' } : {}),
    words: words.filter(Boolean).join(' '),
  };
}

function underway(words: string): StatusMeaning {
  return { rank: RANK.underway, state: 'pending', failureType: null, words };
}

function ended(state: OdooState, failureType: string, words: string): StatusMeaning {
  return { rank: RANK.ended, state, failureType, words };
}
