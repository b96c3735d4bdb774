import { ViaductError } from '../../errors.ts';

/** Waits in ms before the 1st, 2nd, … attempt. */
export type Schedule = readonly number[];

/** Attempts at most, and the longest wait: beyond, what is kept for them would outlive the journal's retention. */
export const MOST_ATTEMPTS = 30;
const LONGEST_WAIT_SECONDS = 7 * 86_400;
/** Share of a wait by which chance may shorten or lengthen it. */
const JITTER = 0.2;

/** What subscriptions have that choose nothing, in seconds: at once, after 2 s, after 4 s, and so on over 75 hours. */
export const DEFAULT_SCHEDULE_TEXT = '0, 2, 4, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400';
export const DEFAULT_SCHEDULE: Schedule = parseSchedule(DEFAULT_SCHEDULE_TEXT);

/**
 * Reads a schedule as an administrator writes it: seconds before each attempt, separated by commas; nothing means the
 * default. Throws `schedule-unusable` with what is wrong in it.
 */
export function parseSchedule(text: string): Schedule {
  if (text.trim() === '') return DEFAULT_SCHEDULE;
  const parts = text.split(',').map((part) => part.trim());
  const wrong = parts.find((part) => !/^\d+(\.\d+)?$/.test(part));
  if (wrong !== undefined) throw unusable(`"${wrong}" is no number of seconds`);
  const seconds = parts.map(Number);
  if (seconds.length > MOST_ATTEMPTS) {
    throw unusable(`it has ${seconds.length} attempts, ${MOST_ATTEMPTS} are allowed`);
  }
  const tooLong = seconds.find((wait) => wait > LONGEST_WAIT_SECONDS);
  if (tooLong !== undefined) {
    throw unusable(`${tooLong} is longer than a week (${LONGEST_WAIT_SECONDS})`);
  }
  return seconds.map((wait) => Math.round(wait * 1000));
}

/**
 * Ms until the next attempt when `attempts` were made, or null when the schedule is spent. Jitter of 20 %, so that what
 * failed together is not tried again together.
 */
export function nextDelayMs(schedule: Schedule, attempts: number, random: () => number): number | null {
  const waitMs = schedule[attempts];
  return waitMs === undefined ? null : Math.round(waitMs * (1 - JITTER + 2 * JITTER * random()));
}

function unusable(problem: string): ViaductError {
  return new ViaductError({
    code: 'schedule-unusable',
    message: `The schedule cannot be used: ${problem}. Write seconds, separated by commas, as "${DEFAULT_SCHEDULE_TEXT}".`,
    retry: 'after-config',
  });
}
