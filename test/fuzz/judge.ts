import type { LogEvidence } from './evidence.ts';
import type { HealthyResult } from './healthy.ts';
import { FAULTS, type LedgerCounts } from './ledger.ts';
import { OURS } from './secrets.ts';

const MIB = 1_048_576;
const MOST_GROWTH_MB = 50;
const LONGEST_HEALTHY_MS = 1_000;

/** What was seen in a run. */
export type Seen = {
  requests: number;
  asked: number;
  ledger: LedgerCounts;
  healthy: HealthyResult;
  log: LogEvidence;
  /** `database uuid` of what the journal holds, and of what it may hold. */
  journal: ReadonlySet<string>;
  offered: ReadonlySet<string>;
  crash: string | null;
  warmRssBytes: number;
  endRssBytes: number;
  peakRssBytes: number;
};

/** The figures of a run, and whether all promises were kept. */
export function judge(seen: Seen) {
  const { ledger, healthy, log, journal, offered, crash } = seen;
  const good = new Set(healthy.acknowledged.map((uuid) => `${OURS.id} ${uuid}`));
  const forged = [...journal].filter((key) => !offered.has(key) && !key.startsWith(`${OURS.id} c`));
  const lost = [...good].filter((key) => !journal.has(key));
  const faults = { ...ledger.faults, forgedAccepted: ledger.faults.forgedAccepted + forged.length };
  const rssGrowthMb = round1((seen.endRssBytes - seen.warmRssBytes) / MIB);
  const crashes = (crash === null ? 0 : 1) + log.deaths;
  const examples = [
    ...ledger.examples,
    ...log.examples,
    ...healthy.failed.slice(0, 3).map((what) => `healthyFailed: ${what}`),
    ...forged.slice(0, 3).map((key) => `forgedAccepted: ${key} is in the journal`),
    ...(crash === null ? [] : [`crash: ${crash}`]),
  ];
  const isKept =
    FAULTS.every((name) => faults[name] === 0) && crashes + lost.length + log.leaks + log.strayLines === 0;
  const isWell = healthy.failed.length === 0 && healthy.p99Ms <= LONGEST_HEALTHY_MS && healthy.answered > 0;
  return {
    requests: seen.requests,
    crashes,
    rssGrowthMb,
    rssMb: round1(seen.endRssBytes / MIB),
    rssPeakMb: round1(seen.peakRssBytes / MIB),
    ...faults,
    putOff: ledger.putOff,
    leaks: log.leaks,
    strayLines: log.strayLines,
    logLines: log.lines,
    journalled: journal.size,
    lost: lost.length,
    healthyAnswered: healthy.answered,
    healthyFailed: healthy.failed.length,
    healthyP99Ms: round1(healthy.p99Ms),
    healthyMaxMs: round1(healthy.maxMs),
    statuses: ledger.statuses,
    kinds: ledger.kinds,
    ...(examples.length === 0 ? {} : { examples }),
    pass: isKept && isWell && seen.requests >= seen.asked && rssGrowthMb < MOST_GROWTH_MB,
  };
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
