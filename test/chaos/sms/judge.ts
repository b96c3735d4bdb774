import type { Shown, SmsHistory } from './history.ts';
import type { Accepted } from './simulator-process.ts';

export type Judgement = {
  messages: number;
  accepted: number;
  delivered: number;
  lost: number;
  twice: number;
  uncommitted: number;
  backwards: number;
  unknown: number;
  unknownSettled: number;
  unknownNeverTaken: number;
  /** Without words, or taken by the provider and not settled by its report. */
  unknownLeftOpen: number;
  failedVisibly: number;
  /** Those, by the failure type that Odoo shows. */
  failureTypes: Readonly<Record<string, number>>;
  /** The first of each kind of fault, in words, for whoever looks for the reason. */
  examples: string[];
};

const EXAMPLES_OF_A_KIND = 5;
const UNKNOWN_WORDS = /^Unknown outcome/;

/**
 * How far a status is, whatever wrote it; a lower step after a higher one is a way back. An SMS that was not taken, or of
 * which nobody knows, may be sent again: it is no further than one under way to the provider.
 */
const STEPS = new Map([
  ...step(0, ['ready', 'outgoing', 'process', 'canceled', 'cancel']),
  ...step(1, ['pending']),
  ...step(2, ['bounce']),
  ...step(3, ['sent', 'open', 'reply']),
]);
const FAILED = new Set(['exception', 'error']);
const FINAL_FAILURES = new Set([
  'sms_expired',
  'sms_not_delivered',
  'sms_rejected',
  'sms_invalid_destination',
]);

type End = { failed: boolean; types: readonly (string | null)[] };
/** What Odoo must show in the end, by the provider's final status; the words of its documentation, not Viaduct's table. */
const ENDS = new Map<string, End>([
  ['DELIVERED', { failed: false, types: [null] }],
  ['ACCEPTED', { failed: false, types: [null] }],
  ['EXPIRED', { failed: true, types: ['sms_expired'] }],
  ['DELETED', { failed: true, types: ['sms_not_delivered'] }],
  ['SKIPPED', { failed: true, types: ['sms_not_delivered'] }],
  ['UNDELIVERABLE', { failed: true, types: ['sms_not_delivered', 'sms_invalid_destination'] }],
  ['REJECTED', { failed: true, types: ['sms_rejected'] }],
]);

/** Judges a run by the provider's own account and by what Odoo ever committed; nothing that Viaduct says is asked. */
export function judge(histories: readonly SmsHistory[], ledger: readonly Accepted[]): Judgement {
  const found: Faults = { lost: [], twice: [], uncommitted: [], backwards: [], unknownLeftOpen: [] };
  const byUserref = Map.groupBy(ledger, ({ userref }) => userref ?? '');
  const counts = { delivered: 0, unknown: 0, unknownSettled: 0, unknownNeverTaken: 0, failedVisibly: 0 };
  const failureTypes: Record<string, number> = {};
  for (const history of histories) {
    const taken = byUserref.get(history.uuid)?.[0];
    const isSettled = taken !== undefined && hasEndedAs(history, taken);
    if (wentBack(history)) found.backwards.push(describe(history, taken));
    if (isSettled && history.shown.at(-1)?.status === 'sent') counts.delivered += 1;
    const wasUnknown = history.shown.some((shown) => isUnknown(shown) || isSilentlyUnknown(shown));
    if (wasUnknown) {
      counts.unknown += 1;
      if (taken === undefined) counts.unknownNeverTaken += 1;
      else if (isSettled) counts.unknownSettled += 1;
      const isSilent = history.isTracked && history.shown.some(isSilentlyUnknown);
      if (isSilent || (taken !== undefined && !isSettled)) {
        found.unknownLeftOpen.push(describe(history, taken));
      }
    }
    if (taken === undefined) {
      const last = history.shown.at(-1);
      if (last === undefined || !isFailed(last)) found.lost.push(describe(history, taken));
      else if (!wasUnknown) {
        counts.failedVisibly += 1;
        const type = last.failureType ?? 'none';
        failureTypes[type] = (failureTypes[type] ?? 0) + 1;
      }
    } else if (!isSettled) found.lost.push(describe(history, taken));
  }
  found.twice.push(...acceptedTwice(histories, ledger));
  const committed = new Set(histories.map(({ uuid }) => uuid));
  found.uncommitted.push(
    ...ledger.filter(({ userref }) => !committed.has(userref ?? '')).map(({ text }) => text),
  );
  return {
    messages: histories.length,
    accepted: ledger.length,
    ...counts,
    failureTypes,
    lost: found.lost.length,
    twice: found.twice.length,
    uncommitted: found.uncommitted.length,
    backwards: found.backwards.length,
    unknownLeftOpen: found.unknownLeftOpen.length,
    examples: Object.entries(found).flatMap(([kind, some]) =>
      some.slice(0, EXAMPLES_OF_A_KIND).map((words) => `${kind}: ${words}`),
    ),
  };
}

type Faults = Record<'lost' | 'twice' | 'uncommitted' | 'backwards' | 'unknownLeftOpen', string[]>;

/** By uuid, and by what a person holding the phone could swear to: the same text on the same number. */
function acceptedTwice(histories: readonly SmsHistory[], ledger: readonly Accepted[]): string[] {
  const wanted = Map.groupBy(histories, ({ number, body }) => keyOf(number, body));
  const byText = Map.groupBy(ledger, ({ msisdn, text }) => keyOf(msisdn, text));
  const byUserref = Map.groupBy(ledger, ({ userref }) => userref ?? '');
  const keys = new Set<string>();
  for (const [key, some] of byText) if (some.length > (wanted.get(key)?.length ?? 1)) keys.add(key);
  for (const some of byUserref.values()) {
    if (some.length > 1 && some[0] !== undefined) keys.add(keyOf(some[0].msisdn, some[0].text));
  }
  return [...keys];
}

function keyOf(number: string, text: string): string {
  return `${number.replace(/\D/g, '')} ${text}`;
}

/** Whether Odoo shows what became of it at the provider, its last state. */
function hasEndedAs(history: SmsHistory, taken: Accepted): boolean {
  const end = ENDS.get(taken.states.at(-1)?.status ?? '');
  const last = history.shown.at(-1);
  if (end === undefined || last === undefined) return false;
  if (!end.failed) return last.status === 'sent';
  if (!isFailed(last)) return false;
  // Odoo's own list of SMS has no failure types for what happens after sending.
  return !history.isTracked || end.types.includes(last.failureType);
}

function wentBack({ shown, ranks, isTracked }: SmsHistory): boolean {
  let furthest = 0;
  for (const one of shown) {
    const next = stepOf(one, isTracked, furthest);
    if (next < furthest) return true;
    furthest = next;
  }
  return ranks.some((rank, index) => rank < Math.max(0, ...ranks.slice(0, index)));
}

function stepOf(shown: Shown, isTracked: boolean, furthest: number): number {
  const known = STEPS.get(shown.status);
  if (known !== undefined) return known;
  // Without a tracker a failure after sending looks like any other; only when it comes tells them apart.
  const isFinal = isTracked ? FINAL_FAILURES.has(shown.failureType ?? '') : furthest > 0;
  return isFinal ? 2 : 0;
}

function isFailed(shown: Shown): boolean {
  return FAILED.has(shown.status) || shown.status === 'bounce';
}

function isUnknown(shown: Shown): boolean {
  return isFailed(shown) && UNKNOWN_WORDS.test(shown.words ?? '');
}

function isSilentlyUnknown(shown: Shown): boolean {
  return shown.failureType === 'unknown' && shown.words === null;
}

function step(value: number, statuses: readonly string[]): [string, number][] {
  return statuses.map((status) => [status, value]);
}

function describe({ uuid, body, shown, ranks }: SmsHistory, taken: Accepted | undefined): string {
  const path = shown.map(({ status, failureType }) => (failureType ? `${status}/${failureType}` : status));
  const provider = taken?.states.map(({ status }) => status).join(' ') ?? 'never took it';
  return `${uuid} "${body}" Odoo: ${path.join(' ')} (ranks ${ranks.join(' ')}); provider: ${provider}`;
}
