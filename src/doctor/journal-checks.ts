import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../config/index.ts';
import { errorText, ViaductError } from '../errors.ts';
import { openOperator, type Parts, type Stats } from '../operator/index.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import type { Check } from './run-checks.ts';

/** What the journal and the Viaduct that runs on it say; null where there is no journal to ask. */
export type JournalFacts = { isRunning: boolean; parts: Parts; stats: Stats };

const MIB = 1_048_576;
const LITTLE_SPACE = 1024 * MIB;
const NO_SPACE = 64 * MIB;
/** Of the bound; new entries are refused from fifteen sixteenths. */
const FULL_SHARE = 15 / 16;
const NEARLY_FULL_SHARE = 0.75;

/** Asks the running Viaduct, or opens the file for a moment. */
export async function readJournal({
  journal,
}: Pick<Config, 'journal'>): Promise<JournalFacts | { finding: Finding }> {
  try {
    await using operator = await openOperator(journal);
    const [parts, stats] = [await operator.parts(), await operator.stats()];
    return { isRunning: operator.isRunning, parts: parts ?? [], stats };
  } catch (error) {
    const isMissing = error instanceof ViaductError && error.code === 'journal-missing';
    const cure = 'Mend what it says, then start Viaduct; its log says the same.';
    return {
      finding: isMissing
        ? warning('journal', `There is no journal at ${journal.path} yet.`, 'Start Viaduct once.')
        : fault('journal', errorText(error), cure),
    };
  }
}

/** The file and its disk. */
export function diskCheck({ journal }: Pick<Config, 'journal'>): Check {
  const folder = dirname(journal.path);
  const cure = `Give the user that Viaduct runs as a writable folder ${folder} (VIADUCT_JOURNAL_PATH).`;
  return {
    name: 'journal disk',
    cure,
    run: async () => {
      // Viaduct makes the folder with its first start.
      const place = await nearestFolder(folder);
      const { bavail, bsize } = await statfs(place);
      await access(place, constants.W_OK);
      const bytes = await stat(journal.path).then(
        ({ size }) => size,
        () => 0,
      );
      if (bytes > 0) await access(journal.path, constants.W_OK);
      return [spaceFinding(bavail * bsize), sizeFinding(bytes, journal.maxBytes)];
    },
  };
}

async function nearestFolder(folder: string): Promise<string> {
  const parent = dirname(folder);
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  return isThere || parent === folder ? folder : nearestFolder(parent);
}

function spaceFinding(freeBytes: number): Finding {
  const words = `${inMib(freeBytes)} are free on the disk of the journal.`;
  const cure = 'Free space on it, or move the journal to a larger disk.';
  if (freeBytes < NO_SPACE) return fault('journal disk', words, cure);
  return freeBytes < LITTLE_SPACE ? warning('journal disk', words, cure) : ok('journal disk', words);
}

function sizeFinding(bytes: number, maxBytes: number): Finding {
  const words = `The journal has ${inMib(bytes)} of ${inMib(maxBytes)}.`;
  const cure =
    'See below what waits and why; raise VIADUCT_JOURNAL_MAX_BYTES if the disk has room. Done entries go by themselves.';
  if (bytes >= maxBytes * FULL_SHARE) return fault('journal size', words, cure);
  return bytes >= maxBytes * NEARLY_FULL_SHARE
    ? warning('journal size', words, cure)
    : ok('journal size', words);
}

const inMib = (bytes: number) => `${Math.floor(bytes / MIB)} MiB`;

/** Whether a Viaduct runs, and what it says is down. */
export function runningFindings({ isRunning, parts }: JournalFacts): Finding[] {
  if (!isRunning)
    return [warning('viaduct', 'Viaduct does not run on this journal.', 'Start it: npm start.')];
  const down = parts.filter(({ up }) => !up);
  if (down.length === 0) return [ok('viaduct', 'Viaduct runs, and everything it needs is up.')];
  return down.map(({ name, matters, detail }) => {
    const tell = matters ? fault : warning;
    return tell(
      `viaduct: ${name}`,
      detail.replace(/[^.]$/, '$&.'),
      'The other lines say more; it goes on by itself once this is up.',
    );
  });
}

export function deadLetterFinding({ stats }: JournalFacts): Finding {
  const dead = stats.reduce((sum, queue) => sum + queue.dead, 0);
  if (dead === 0) return ok('dead letters', 'There are none.');
  const cure = 'Run "viaduct dead" to see why; when that is mended, "viaduct replay --all".';
  return warning('dead letters', `${dead} wait for a person.`, cure);
}

/** What waits under ids of databases that nobody serves: a confirmed copy, a changed id, or one taken out of the settings. */
export function otherDatabaseFindings({ stats }: JournalFacts, served: readonly string[]): Finding[] {
  const waiting = new Map<string, number>();
  for (const { database, ready, leased } of stats) {
    if (served.includes(database)) continue;
    waiting.set(database, (waiting.get(database) ?? 0) + ready + leased);
  }
  const findings = [...waiting]
    .filter(([, count]) => count > 0)
    .map(([database, count]) =>
      warning(
        'other databases',
        `${count} entries wait under the database id ${database}, which is not served.`,
        `Serve that database again, or run "viaduct bury ${database}".`,
      ),
    );
  return findings.length > 0
    ? findings
    : [ok('other databases', 'Nothing waits under another database’s id.')];
}
