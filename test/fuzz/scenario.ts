import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ViaductError } from '../../src/errors.ts';
import { createBarrage } from './barrage.ts';
import { sendCrowds } from './crowds.ts';
import { createDice } from './dice.ts';
import { readJournal, readLog } from './evidence.ts';
import { unattacked } from './generators.ts';
import { guessAgainAndAgain } from './guesser.ts';
import { startHealthy } from './healthy-process.ts';
import { startUpstream } from './iap.ts';
import { judge } from './judge.ts';
import { createLedger } from './ledger.ts';
import { startViaductProcess, type ViaductProcess } from './viaduct-process.ts';

export type FuzzOptions = {
  /** How many hostile requests are sent, at least. */
  requests: number;
  /** The same seed makes the same requests; when they meet still differs. */
  seed: number;
  /** Told what happens, for people. */
  say: (words: string) => void;
  /** Without the crowds of slow connections, which take half a minute, a run is short. */
  crowds: boolean;
  signal: AbortSignal;
};

const WARM_UP_SHARE = 0.2;
const LONGEST_MS = 8 * 60_000;
/** Short enough that what is cut by a time limit is cut several times in a run. */
const RECEIVE_MS = 4_000;
const ANSWER_MS = 6_000;
const PASS_ON_MS = 5_000;
/** Who reads nothing is cut after both; Viaduct looks every second, and a busy machine later. */
const CROWD_PATIENCE_MS = 2 * RECEIVE_MS + ANSWER_MS + 6_000;

/** Hostile requests to every route of a Viaduct of its own, and what came of them. */
export async function runFuzz(options: FuzzOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'viaduct-fuzz-'));
  const journalPath = join(folder, 'journal.db');
  const upstream = await startUpstream();
  const viaduct = await startViaductProcess(folder, environment(journalPath, upstream.url));
  try {
    refuseGaps(viaduct.routes);
    const seen = await attackInTwoPhases(viaduct, options);
    const peakRssBytes = viaduct.peakRssBytes();
    await viaduct.stop();
    const [log, journal] = [await readLog(viaduct.logFile), await readJournal(journalPath)];
    return judge({ ...seen, asked: options.requests, peakRssBytes, log, journal, crash: viaduct.crash() });
  } finally {
    await viaduct.stop();
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first phase fills all caches and arenas; what the second adds to the memory would be a leak. */
async function attackInTwoPhases(
  viaduct: ViaductProcess,
  { requests, seed, say, signal, crowds: withCrowds }: FuzzOptions,
) {
  const { port } = viaduct;
  const ledger = createLedger();
  const end = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
  const barrage = createBarrage({
    port,
    ledger,
    dice: createDice(seed),
    isOver: () => end.aborted || viaduct.crash() !== null,
  });
  const crowds = {
    port,
    ledger,
    dice: createDice(seed + 1),
    patienceMs: CROWD_PATIENCE_MS,
  };
  const healthy = startHealthy({ port });
  const warmUp = Math.ceil(requests * WARM_UP_SHARE);
  const phase = async (upTo: number) => {
    const [sent] = await Promise.all([withCrowds ? sendCrowds(crowds) : 0, barrage.fire(upTo, say)]);
    return sent;
  };
  let crowded = await phase(warmUp);
  const warmRssBytes = await viaduct.settledRssBytes();
  say(`warm: ${Math.round(warmRssBytes / 1e6)} MB`);
  await guessAgainAndAgain({ port, ledger, dice: createDice(seed + 2) });
  crowded += await phase(Math.max(warmUp, requests - 2 * crowded));
  const good = await healthy.stop();
  const endRssBytes = await viaduct.settledRssBytes();
  return {
    ...{ warmRssBytes, endRssBytes, healthy: good, ledger: ledger.counts(), offered: barrage.offered() },
    requests: barrage.sent() + crowded,
  };
}

/** The server's own limits but for its patience; strangers have addresses of this machine too. */
function environment(journalPath: string, upstream: string): Record<string, string> {
  const odoo = {
    ODOO_URL: 'http://127.0.0.1:9',
    ODOO_DATABASE: 'fuzz',
    ODOO_LOGIN: 'fuzz',
    ODOO_PASSWORD: 'fuzz',
  };
  return {
    ...odoo,
    VIADUCT_PORT: '0',
    VIADUCT_JOURNAL_PATH: journalPath,
    VIADUCT_IAP_SMS_UPSTREAM: upstream,
    VIADUCT_OPERATOR_NETWORKS: '127.0.0.0/16',
    VIADUCT_IAP_TIMEOUT_MS: String(PASS_ON_MS),
    VIADUCT_HTTP_RECEIVE_TIMEOUT_MS: String(RECEIVE_MS),
    VIADUCT_HTTP_ANSWER_TIMEOUT_MS: String(ANSWER_MS),
  };
}

function refuseGaps(routes: readonly string[]): void {
  const missing = unattacked(routes);
  if (missing.length === 0) return;
  const message = `No generator attacks ${missing.join(', ')}. Add one to test/fuzz/generators.ts.`;
  throw new ViaductError({ code: 'fuzz-gap', message, retry: 'never' });
}
