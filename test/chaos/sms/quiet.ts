import { unfinishedEntries } from '../until-quiet.ts';
import type { World } from './world.ts';

/** What of the SMS scenario is still on its way, in words, or null. */
export async function whatIsBusy(world: World): Promise<string | null> {
  const reports = (await world.simulator.stats()).reports;
  const underWay = reports.pending + reports.queued + reports.inFlight + reports.waitingForRetry;
  if (underWay > 0) return `${underWay} reports at the provider`;
  const entries = await unfinishedEntries(world.viaductUrl).catch(() => null);
  if (entries === null) return 'Viaduct does not answer';
  if (entries > 0) return `${entries} entries in the journal`;
  const waiting = await world.stack
    .query(
      world.database,
      "select count(*) from sms_sms where state = 'outgoing' and not coalesce(to_delete, false)",
    )
    .catch(() => 'unknown');
  return waiting === '0' ? null : `${waiting} SMS in Odoo's queue`;
}
