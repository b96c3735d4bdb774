import { randomBytes } from 'node:crypto';

/** Where Odoo's own uuids, which are of version 4, have a "4". */
const VERSION_AT = 12;
const MARK = 'f';

/** A reference that looks like Odoo's uuid of an SMS and can never be one. */
export function newTestReference(random: (bytes: number) => Buffer = randomBytes): string {
  const hex = random(16).toString('hex');
  return `${hex.slice(0, VERSION_AT)}${MARK}${hex.slice(VERSION_AT + 1)}`;
}

/** Whether a report belongs to no SMS, but was sent to see whether reports arrive. */
export function isTestReference(uuid: string): boolean {
  return uuid[VERSION_AT] === MARK;
}
