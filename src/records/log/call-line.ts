import { z } from 'zod';

/** The doors by which a call comes in. */
export const DOORS = ['v1', 'drop-in', 'json-rpc', 'json-2', 'xml-rpc'] as const;
export type Door = (typeof DOORS)[number];

/** One call of a known endpoint, as it is kept for Odoo's log. */
export const CallLine = z.object({
  key: z.string(),
  endpoint: z.number().int(),
  /** The key that was presented, whose last use this is; null for public endpoints. */
  keyId: z.number().int().nullable(),
  /** ISO 8601. */
  at: z.string(),
  verb: z.string(),
  door: z.enum(DOORS),
  method: z.string(),
  model: z.string(),
  status: z.number().int(),
  outcome: z.enum(['ok', 'refused', 'failed']),
  errorCode: z.string().nullable(),
  durationMs: z.number(),
  /** The address of the caller. */
  origin: z.string(),
  records: z.number().int().nullable(),
  input: z.string(),
  output: z.string(),
});
export type CallLine = z.infer<typeof CallLine>;

/** What is known of a call when it ends; `input` and `output` are not redacted yet. */
export type CallFacts = {
  method: string;
  model: string;
  status: number;
  errorCode?: string | null;
  records?: number | null;
  input?: unknown;
  output?: unknown;
};

/** Below 400 it was done, below 500 refused, else it failed. */
export function outcomeOf(status: number): CallLine['outcome'] {
  if (status < 400) return 'ok';
  return status < 500 ? 'refused' : 'failed';
}
