import { createDemoWorld } from '../../../src/demo/world.ts';
import { createOdooClient } from '../../../src/odoo/index.ts';
import { round2 } from '../figures.ts';
import { countTraces, createMailing, sendMailing } from './mailing.ts';
import { watchOdoo } from './odoo-busy.ts';

const MESSAGES = 5_000;
const MAX_MS = 600_000;
const LOOK_EVERY_MS = 1_000;

/**
 * 5,000 SMS of one mailing, from Odoo's queue to Delivered in Odoo: Odoo, PostgreSQL, provider and Viaduct on this machine.
 * `odooShare` is the share of the time in which Odoo had something to do, for itself or for Viaduct; `rpcCalls` are those
 * of Viaduct, all included.
 */
export async function benchSms(say: (words: string) => void) {
  const stopping = new AbortController();
  const world = createDemoWorld(stopping.signal);
  try {
    await world.startOdoo(({ step, fraction, text }) =>
      say(`${step} ${Math.round(fraction * 100)} % ${text}`),
    );
    await world.provision(say);
    await world.startSimulator({ stepMs: [20, 80] });
    await world.startViaduct();
    const { odooUrl, database } = world.facts();
    const admin = createOdooClient({ url: odooUrl, database, login: 'admin', password: 'admin' });
    say(`creating ${MESSAGES} contacts`);
    const mailingId = await createMailing(admin, MESSAGES);
    const callsBefore = await world.odooCalls();
    const odoo = watchOdoo(odooUrl);
    const startedMs = performance.now();
    const sending = sendMailing(admin, mailingId);
    let states: Record<string, number> = {};
    while ((states['sent'] ?? 0) < MESSAGES && performance.now() - startedMs < MAX_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      states = await countTraces(admin, mailingId);
      say(JSON.stringify(states));
    }
    const seconds = (performance.now() - startedMs) / 1000;
    const odooShare = odoo.busySeconds() / seconds;
    odoo.stop();
    await sending;
    const rpcCalls = (await world.odooCalls()) - callsBefore;
    const delivered = states['sent'] ?? 0;
    const taken = world.takenByProvider();
    await admin.stop();
    return {
      bench: 'sms',
      messages: MESSAGES,
      seconds: round2(seconds),
      perSecond: Math.round(MESSAGES / seconds),
      odooShare: round2(odooShare),
      rpcCalls,
      callsPer500: round2((rpcCalls / MESSAGES) * 500),
      taken,
      lost: MESSAGES - delivered,
      twice: Math.max(0, taken - MESSAGES),
      pass: delivered === MESSAGES && taken === MESSAGES,
    };
  } finally {
    await world.stop();
  }
}
