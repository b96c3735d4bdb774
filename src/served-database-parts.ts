import type { PartState } from './http/index.ts';
import type { Verdict } from './odoo/guard/index.ts';

/** What stands of a database that is served. */
export type Facts = {
  odooAnswers: boolean;
  verdict: Verdict;
  isRead: boolean;
  bellConnected: boolean;
  keyEnd: Date | null;
  /** The setting of the key. */
  keySetting: string;
};

/** Odoo, the database, the bell and a key that ends soon, for `/readyz`. */
export function partsOf({ odooAnswers, verdict, isRead, bellConnected, ...key }: Facts): PartState[] {
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
      up: bellConnected,
      matters: false,
      detail: bellConnected ? 'connected' : 'not connected; changes in Odoo are seen a minute late',
    },
    ...(key.keyEnd === null ? [] : [keyPart(key.keyEnd, key.keySetting)]),
  ];
}

function keyPart(end: Date, setting: string): PartState {
  const detail = `ends on ${end.toISOString().slice(0, 10)}; make a new one in Odoo and set ${setting} to it`;
  return { name: 'odoo-key', up: false, matters: false, detail };
}
