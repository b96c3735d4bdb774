import { z } from 'zod';
import { unexpectedAnswer } from './errors.ts';
import type { OdooClient } from './odoo.ts';

/** What `viaduct_base.procedure_hello` answers: what Viaduct must know of a database before it serves it. */
const Hello = z.object({
  /** The secret channel of the bell, or null where the addon made none. */
  bell: z.string().nullable(),
  odoo: z.string(),
  apps: z.array(z.string()),
  /** Versions of the installed addons of Viaduct, by technical name. */
  addons: z.record(z.string(), z.string()),
});
export type Hello = z.infer<typeof Hello>;

/** One call; rejects as procedures do, or with kind `protocol`. */
export async function readHello(odoo: Pick<OdooClient, 'procedure'>): Promise<Hello> {
  const name = 'viaduct_base.hello';
  const parsed = Hello.safeParse(await odoo.procedure(name, {}, { idempotent: true }));
  if (!parsed.success) throw unexpectedAnswer(name, 'bell, apps and addons');
  return parsed.data;
}
