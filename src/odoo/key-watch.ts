import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { OdooError } from './errors.ts';
import type { OdooClient } from './odoo.ts';

/** What `viaduct_base.procedure_key_end` answers: ISO 8601, or null for a key without an end. */
const KeyEnd = z.object({ ends: z.iso.datetime().nullable() });

/** As Odoo makes them (odoo/addons/base/models/res_users.py, API_KEY_SIZE); a password is never looked up. */
const API_KEY = /^[0-9a-f]{40}$/;
/** What Odoo itself keeps in the open to find a key by. */
const INDEX_LENGTH = 8;

const DAY_MS = 86_400_000;
/** Time enough for a person to make a new key, out of the 90 days that Odoo 18 and 19 give at most. */
const WARN_MS = 14 * DAY_MS;
const LOOK_AGAIN_MS = DAY_MS / 4;
const RETRY_MS = 60_000;

/** The end of the API key that `password` may be; null for a password, and a key for ever. Rejects as procedures do. */
export async function readKeyEnd(
  odoo: Pick<OdooClient, 'procedure'>,
  password: string,
): Promise<Date | null> {
  if (!API_KEY.test(password)) return null;
  const payload = { index: password.slice(0, INDEX_LENGTH) };
  const { ends } = KeyEnd.parse(await odoo.procedure('viaduct_base.key_end', payload, { idempotent: true }));
  return ends === null ? null : new Date(ends);
}

export type KeyWatch = {
  start: () => void;
  stop: () => Promise<void>;
  /** The end of the key when it is near, else null. */
  nearEnd: () => Date | null;
};

export type KeyWatchParts = {
  odoo: Pick<OdooClient, 'procedure'>;
  password: string;
  /** At each look, four times a day, at a key that ends within 14 days. */
  onNearEnd: (end: Date) => void;
  clock: Clock;
};

/** Looks now and then when the API key ends, so that it is said before every call is refused. */
export function createKeyWatch({ odoo, password, onNearEnd, clock }: KeyWatchParts): KeyWatch {
  const stopping = new AbortController();
  let end: Date | null = null;
  let watching: Promise<void> = Promise.resolve();

  const nearEnd = () => (end !== null && end.getTime() - clock.nowMs() < WARN_MS ? end : null);
  /** How long until the next look. */
  const look = async (): Promise<number> => {
    try {
      end = await readKeyEnd(odoo, password);
    } catch (error) {
      const isOlderAddon = error instanceof OdooError && error.code === 'odoo-procedure-missing';
      return isOlderAddon ? LOOK_AGAIN_MS : RETRY_MS;
    }
    const near = nearEnd();
    if (near !== null) onNearEnd(near);
    return LOOK_AGAIN_MS;
  };
  const watch = async () => {
    while (!stopping.signal.aborted) {
      await clock.sleep(await look(), stopping.signal).catch(() => undefined);
    }
  };

  return {
    start: () => {
      if (API_KEY.test(password)) watching = watch();
    },
    stop: async () => {
      stopping.abort();
      await watching;
    },
    nearEnd,
  };
}
