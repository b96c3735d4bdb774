import { systemClock } from '../../../src/clock.ts';
import { odooData } from '../../support/odoo-data.ts';
import { round2 } from '../figures.ts';
import { type Base, type Place, startPlace } from '../place.ts';
import { measureHanging } from './hanging.ts';
import { latencies, withoutBell } from './latency.ts';
import { rulesMade } from './rules-made.ts';
import { type Bases, emptyRulesOf, type SaveTimes, saveTimes } from './saves.ts';

const TYPES: Readonly<Record<string, readonly string[]>> = {
  'res.partner': ['res.partner.created', 'res.partner.updated', 'res.partner.deleted'],
  'sale.order': [
    'sale.order.created',
    'sale.order.updated',
    'sale.order.state.changed',
    'sale.order.deleted',
  ],
  'account.move': [
    'account.move.created',
    'account.move.validated',
    'account.move.updated',
    'account.move.cancelled',
  ],
};
const FEWER_CHANGES = 30;
const QUIET_MS = 900;

/**
 * Events out of a real Odoo: from PostgreSQL's commit to a receiver, with either bell and by polling alone; what our rules add to
 * a save beside rules whose action does nothing; and what a tenth of hanging receivers costs the others. The figures that are
 * judged are those of a Viaduct that listens to PostgreSQL; those by Odoo's bus alone stand beside them.
 */
export async function benchEvents(say: (words: string) => void) {
  say('a tenth of 100 receivers hangs');
  const hanging = await measureHanging(say);
  const place = await startPlace(say);
  try {
    const ours = await subscribed(place, 'ours');
    const oursByBus = await subscribed(place, 'oursbybus');
    say('Viaduct makes the rules');
    const viaduct = await place.viaduct(ours, { listens: true });
    const viaductByBus = await place.viaduct(oursByBus);
    for (const base of [ours, oursByBus]) await rulesMade(base, Object.keys(TYPES));
    say('commit to receipt');
    const listening = await latencies(place, ours, '/ours/res.partner');
    say('the same by Odoo’s bus');
    const byBus = await latencies(place, oursByBus, '/oursbybus/res.partner', FEWER_CHANGES);
    const saves = await measureSaves();
    await viaduct.stop();
    await viaductByBus.stop();
    say('the same without any bell');
    const proxy = await withoutBell(place);
    const pollingViaduct = await place.viaduct(ours, { odooUrl: proxy.url });
    const polling = await latencies(place, ours, '/ours/res.partner', FEWER_CHANGES);
    await pollingViaduct.stop();
    await proxy.stop();
    const figures = {
      ...{ bench: 'events', p50Ms: listening.p50Ms, p99Ms: listening.p99Ms },
      ...{ p50ByBusMs: byBus.p50Ms, p50PollingMs: polling.p50Ms },
      ...{ ...saveFigures(saves), hangingRatio: hanging.hangingRatio },
    };
    return { ...figures, saves, hanging, pass: isGood(figures) };

    async function measureSaves(): Promise<SaveTimes> {
      const bases: Bases = {
        ...{ ours, oursByBus },
        bare: await place.database('bare', { provisioned: false }),
        empty: await place.database('empty', { provisioned: true }),
        unsubscribed: await place.database('unsubscribed', { provisioned: true }),
      };
      await emptyRulesOf(ours, bases.empty);
      return saveTimes(bases, () => settled(place), say);
    }
  } finally {
    await place.stop();
  }
}

/** A database with subscriptions, told to paths of its own. */
async function subscribed(place: Place, name: string): Promise<Base> {
  const base = await place.database(name, { provisioned: true });
  for (const [model, types] of Object.entries(TYPES))
    await odooData(base.admin.call).createSubscription(model, types, {
      x_url: `${place.receiver.url}/${name}/${model}`,
      x_concurrency: 16,
    });
  return base;
}

/** Until all events are out and in Odoo's log, which is written half a second after the last of them. */
async function settled({ receiver }: Place): Promise<void> {
  for (let before = -1; before !== receiver.requests().length; ) {
    before = receiver.requests().length;
    await systemClock.sleep(QUIET_MS);
  }
}

type Figures = {
  p50Ms: number;
  p99Ms: number;
  saveToEmptyRule: number;
  unsubscribedOverheadMs: number;
  noiseMs: number;
  hangingRatio: number;
};

/** The worst of the saves decides; an overhead below the noise of the bare save is none. */
function saveFigures(times: SaveTimes) {
  const all = Object.values(times);
  const ratiosOf = (name: 'ours' | 'oursByBus') =>
    Object.fromEntries(Object.entries(times).map(([what, of]) => [what, round2(of[name] / of.empty)]));
  const [ratios, ratiosByBus] = [ratiosOf('ours'), ratiosOf('oursByBus')];
  const overheads = all.map(({ unsubscribed }) => unsubscribed);
  const noise = all.map(({ bare }) => Math.max(NOISE_MS, bare * NOISE_SHARE));
  const isNoise = overheads.every((overhead, index) => overhead <= (noise[index] ?? 0));
  return {
    saveToEmptyRule: Math.max(...Object.values(ratios)),
    saveToEmptyRuleByBus: Math.max(...Object.values(ratiosByBus)),
    ...{ ratios, ratiosByBus },
    unsubscribedOverheadMs: isNoise ? 0 : round2(Math.max(...overheads)),
    unsubscribedMeasuredMs: overheads.map(round2),
    noiseMs: round2(Math.max(...noise)),
  };
}

/** Two medians of the same save differ by so much on a busy machine. */
const NOISE_MS = 1;
const NOISE_SHARE = 0.05;

function isGood({
  p50Ms,
  p99Ms,
  saveToEmptyRule,
  unsubscribedOverheadMs,
  hangingRatio: ratio,
}: Figures): boolean {
  const isFast = p50Ms < 100 && p99Ms < 500;
  return isFast && saveToEmptyRule <= 2 && unsubscribedOverheadMs === 0 && ratio >= 0.9;
}
