import { unfinishedEntries } from '../until-quiet.ts';
import type { World } from './world.ts';

/** What of the events scenario is still on its way, in words, or null. */
export async function whatIsBusy({ stack, database, viaductUrl }: World): Promise<string | null> {
  const waiting = await stack.query(database, 'select count(*) from x_viaduct_event').catch(() => 'unknown');
  if (waiting !== '0') return `${waiting} events in Odoo's outbox`;
  const entries = await unfinishedEntries(viaductUrl).catch(() => null);
  if (entries === null) return 'Viaduct does not answer';
  return entries > 0 ? `${entries} entries in the journal` : null;
}
