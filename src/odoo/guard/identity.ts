import { z } from 'zod';
import { isJsonObject, type Json } from '../odoo.ts';

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
  /** The highest beat that was known when the question was asked, which {@link askedAtBeat} notes; Odoo does not tell it. */
  knownBeat: z.number().int().optional(),
});
export type DatabaseIdentity = z.infer<typeof DatabaseIdentity>;

/** The answer of a procedure; where it says who the database is, with the beat that was known when it was asked. */
export function askedAtBeat(answer: Json, knownBeat: number | undefined): Json {
  if (knownBeat === undefined || !isJsonObject(answer) || !isJsonObject(answer['identity'])) return answer;
  return { ...answer, identity: { ...answer['identity'], knownBeat } };
}
