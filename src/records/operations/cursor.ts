import { z } from 'zod';
import { noCursor } from './keyset.ts';

/** Where a search goes on: the order it is of, the segment, and the last record that was given (null: from its start). */
const Cursor = z.object({
  order: z.string().max(500),
  segment: z.number().int().min(0).max(2),
  after: z
    .object({
      value: z.union([z.string().max(4_000), z.number(), z.null()]),
      id: z.number().int().positive(),
    })
    .nullable(),
});
export type Cursor = z.infer<typeof Cursor>;

const LONGEST = 8_000;

/** A cursor as callers get it, to be given back as it is. */
export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** The cursor in a text; throws `invalid-cursor`. It holds nothing that its sender could not ask by a domain. */
export function decodeCursor(model: string, text: string): Cursor {
  const parsed = text.length > LONGEST ? null : Cursor.safeParse(parse(text));
  if (parsed?.success) return parsed.data;
  throw noCursor(
    model,
    'The cursor is not one that was given. Use "next" of the page before as it is, or leave it out.',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
