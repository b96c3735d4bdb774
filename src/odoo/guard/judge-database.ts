import type { DatabaseIdentity } from './identity.ts';

/** Why a database's traffic is held. All but `not-asked-yet` last until an administrator confirms the database. */
export const HOLD_CODES = [
  'not-asked-yet',
  'neutralized',
  'unknown-database',
  'changed-uuid',
  'went-back-in-time',
] as const;
export type HoldCode = (typeof HOLD_CODES)[number];

/** Whether a database may carry traffic, and under which id; `words` are for people. */
export type Verdict = { open: true; uuid: string } | { open: false; code: HoldCode; words: string };

export const NOT_ASKED_YET: Verdict = {
  open: false,
  code: 'not-asked-yet',
  words: 'Viaduct has not reached this database since it was started.',
};

export type JudgedDatabase = {
  /** The id that this Viaduct's journal gave itself. */
  instance: string;
  /** The highest beat this journal saw of the database with this uuid, or null when it never saw it. */
  rememberedBeat: number | null;
  seen: DatabaseIdentity;
};

const TO_DO =
  'If Viaduct shall carry real messages for this database, open Viaduct > Status in Odoo and press "Confirm this database", or run "viaduct confirm".';

/**
 * Copies stay silent: only the database that was confirmed for this Viaduct, under its own id, never behind what was
 * seen before, is open. A confirmation changes what is seen, so nothing needs to be forgotten or remembered for it.
 */
export function judgeDatabase({ instance, rememberedBeat, seen }: JudgedDatabase): Verdict {
  const { confirmed } = seen;
  if (seen.neutralized && !(confirmed.neutralized && confirmed.uuid === seen.uuid)) {
    return hold('neutralized', 'This database is neutralized: it is a copy made for tests.');
  }
  if (confirmed.uuid === null) {
    return hold('unknown-database', 'Nobody has confirmed this database for Viaduct.');
  }
  if (confirmed.uuid !== seen.uuid) {
    return hold(
      'changed-uuid',
      `This database has the id ${seen.uuid}, but ${confirmed.uuid} was confirmed: it is a copy, or its id was changed.`,
    );
  }
  if (confirmed.instance !== null && confirmed.instance !== instance) {
    return hold(
      'unknown-database',
      'This database was confirmed for another Viaduct: this is a copy, or Viaduct lost its journal.',
    );
  }
  if (rememberedBeat !== null && seen.beat < rememberedBeat) {
    return hold(
      'went-back-in-time',
      `This database is at beat ${seen.beat}, but was at ${rememberedBeat} before: a backup was restored.`,
    );
  }
  return { open: true, uuid: seen.uuid };
}

function hold(code: HoldCode, words: string): Verdict {
  return { open: false, code, words: `${words} ${TO_DO}` };
}

/** The verdict for a database whose id another served one already has; to confirm it would not make it another. */
export function servedTwice(other: string): Verdict {
  const words = `Its id is that of another database that this Viaduct serves (${other}): one is a copy of the other. Take the copy out of VIADUCT_DATABASES, or give it an id of its own (system parameter database.uuid) and confirm it.`;
  return { open: false, code: 'unknown-database', words };
}
