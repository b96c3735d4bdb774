import { z } from 'zod';
import type { EntryId } from '../journal/index.ts';

const Id = z
  .number()
  .int()
  .positive()
  .transform((id) => id as EntryId);

/** Which dead letters: those with these ids, or all of a queue buried since a moment. Strict: bad ids are not all. */
export const Choice = z.union([
  z.strictObject({ ids: z.array(Id).min(1).max(10_000) }),
  z.strictObject({ queue: z.string().optional(), sinceMs: z.number().optional() }),
]);
export type Choice = z.infer<typeof Choice>;

/** What an operator may ask of a journal. */
export const OperatorRequest = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('dead'), queue: z.string().optional(), limit: z.number().int().positive() }),
  z.object({ ask: z.literal('count'), choice: Choice }),
  z.object({ ask: z.literal('replay'), choice: Choice }),
  z.object({ ask: z.literal('bury'), database: z.string() }),
  z.object({ ask: z.literal('stats') }),
  z.object({ ask: z.literal('note'), database: z.string(), name: z.string() }),
  z.object({ ask: z.literal('parts') }),
]);
export type OperatorRequest = z.infer<typeof OperatorRequest>;

/** A dead letter as a person may see it: what it says stays in the journal. */
export const DeadLetter = z.object({
  id: z.number(),
  database: z.string(),
  queue: z.string(),
  key: z.string(),
  attempts: z.number(),
  /** When it was buried, as ISO 8601. */
  buriedAt: z.string(),
  why: z.string(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** How many entries, by database and queue. */
export const Counted = z.array(z.object({ database: z.string(), queue: z.string(), count: z.number() }));
export type Counted = z.infer<typeof Counted>;

/** How full the queues are, as the journal tells it. */
export const Stats = z.array(
  z.object({
    database: z.string(),
    queue: z.string(),
    ready: z.number(),
    leased: z.number(),
    dead: z.number(),
    oldestAppendedAtMs: z.number().nullable(),
  }),
);

/** The parts of the running Viaduct as `/readyz` shows them. */
export const Parts = z.array(
  z.object({ name: z.string(), up: z.boolean(), matters: z.boolean(), detail: z.string() }),
);

export type Stats = z.infer<typeof Stats>;
export type Parts = z.infer<typeof Parts>;

/** What travels back over the socket. */
export const OperatorReply = z.union([
  z.object({ answer: z.unknown() }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
]);
export type OperatorReply = z.infer<typeof OperatorReply>;
