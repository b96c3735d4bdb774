import type { OdooClient } from '../odoo.ts';
import { BEAT_NOTE } from './guard.ts';
import { DatabaseIdentity } from './identity.ts';
import { recallInstance } from './journal-instance.ts';
import { judgeDatabase, type Verdict } from './judge-database.ts';

/** The verdict on a database as the guard would give it, without a trace in Odoo or in the journal. Rejects as procedures do. */
export async function lookAtDatabase({
  client,
  recall,
}: {
  client: Pick<OdooClient, 'procedure'>;
  /** The notes of the journal. */
  recall: (database: string, name: string) => Promise<string | null>;
}): Promise<Verdict> {
  const seen = DatabaseIdentity.parse(
    await client.procedure('viaduct_base.identity', {}, { idempotent: true }),
  );
  const beat = await recall(seen.uuid, BEAT_NOTE);
  // A journal that was never used has no id yet: it would be the one that is confirmed, if any is.
  const instance = (await recallInstance(recall)) ?? seen.confirmed.instance ?? '';
  return judgeDatabase({ instance, rememberedBeat: beat === null ? null : Number(beat), seen });
}
