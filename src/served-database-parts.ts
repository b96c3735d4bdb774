import type { PartState } from './http/index.ts';
import type { Verdict } from './odoo/guard/index.ts';

/** What stands of a database that is served. */
export type Facts = {
  odooAnswers: boolean;
  verdict: Verdict;
  isRead: boolean;
  /** By Odoo's bus. */
  isHeard: boolean;
  /** To PostgreSQL; null where that is not asked for, or not yet. */
  isListening: boolean | null;
  keyEnd: Date | null;
  /** The setting of the key. */
  keySetting: string;
};

/** Odoo, the database, the bell and a key that ends soon, for `/readyz`. */
export function partsOf({ odooAnswers, verdict, isRead, isHeard, isListening, ...key }: Facts): PartState[] {
  return [
    {
      name: 'odoo',
      up: odooAnswers,
      matters: true,
      detail: odooAnswers ? 'answers' : 'does not answer; it is probed until it does',
    },
    {
      name: 'database',
      up: verdict.open && isRead,
      matters: true,
      detail: verdict.open ? (isRead ? 'open' : 'is being read') : verdict.words,
    },
    {
      name: 'bell',
      up: isHeard,
      matters: false,
      detail: isHeard ? 'connected' : 'not connected; changes in Odoo are seen a minute late',
    },
    ...(isListening === null ? [] : [listenerPart(isListening)]),
    ...(key.keyEnd === null ? [] : [keyPart(key.keyEnd, key.keySetting)]),
  ];
}

function listenerPart(up: boolean): PartState {
  const detail = up
    ? 'listens'
    : 'not listened to; Odoo’s bus rings for events instead, and saves wait for it';
  return { name: 'postgresql', up, matters: false, detail };
}

function keyPart(end: Date, setting: string): PartState {
  const detail = `ends on ${end.toISOString().slice(0, 10)}; make a new one in Odoo and set ${setting} to it`;
  return { name: 'odoo-key', up: false, matters: false, detail };
}
