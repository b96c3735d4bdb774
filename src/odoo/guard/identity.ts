import { z } from 'zod';

/** What `viaduct_base.procedure_identity` answers, and other procedures with their own results. */
export const DatabaseIdentity = z.object({
  /** Odoo's `database.uuid`. */
  uuid: z.string().min(1),
  /** Whether the copy was neutralized by Odoo. */
  neutralized: z.boolean(),
  /** Raised at every contact; lower than remembered only in a restored backup. */
  beat: z.number().int().nonnegative(),
  /** What an administrator confirmed last; `instance` null means the first Viaduct that calls. */
  confirmed: z.object({
    uuid: z.string().nullable(),
    neutralized: z.boolean(),
    instance: z.string().nullable(),
  }),
});
export type DatabaseIdentity = z.infer<typeof DatabaseIdentity>;
