import { z } from 'zod';
import { type Clock, repeat } from '../clock.ts';
import { OdooError, unexpectedAnswer } from './errors.ts';
import type { OdooClient } from './odoo.ts';
import type { ServicePassword } from './service-password.ts';

/** As Odoo makes them (odoo/addons/base/models/res_users.py, API_KEY_SIZE); a password is never looked up. */
const API_KEY = /^[0-9a-f]{40}$/;
/** What `viaduct_base.procedure_key_end` answers: ISO 8601, or null for a key without an end. */
const KeyEnd = z.object({ ends: z.iso.datetime().nullable() });
/** What `viaduct_base.procedure_renew_key` answers. */
const NewKey = z.object({ key: z.string().regex(API_KEY), ends: z.iso.datetime() });

/** What Odoo itself keeps in the open to find a key by. */
const INDEX_LENGTH = 8;

const DAY_MS = 86_400_000;
/** Time enough for a person to make a new key where renewing fails, out of the 90 days that a key lasts at most. */
const WARN_MS = 14 * DAY_MS;
const LOOK_AGAIN_MS = DAY_MS / 4;
const HELD_LOOK_MS = DAY_MS / 24;
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
  password: Pick<ServicePassword, 'now' | 'replace'>;
  /** Whether a new key may be made now: not in a database that is held, which may be a copy of the one the key is for. */
  mayRenew: () => boolean;
  onRenewed: (end: Date) => void;
  /** At each look, four times a day, at a key that ends within 14 days and could not be renewed; `why` where it was tried. */
  onNearEnd: (end: Date, why: unknown) => void;
  clock: Clock;
};

/** Looks now and then when the API key ends, and renews it before every call is refused. */
export function createKeyWatch(parts: KeyWatchParts): KeyWatch {
  const { odoo, password, clock } = parts;
  const stopping = new AbortController();
  let end: Date | null = null;
  let watching: Promise<void> = Promise.resolve();

  const nearEnd = () => (end !== null && end.getTime() - clock.nowMs() < WARN_MS ? end : null);
  /** How long until the next look. */
  const look = async (): Promise<number> => {
    try {
      end = await readKeyEnd(odoo, password.now());
    } catch (error) {
      const isOlderAddon = error instanceof OdooError && error.code === 'odoo-procedure-missing';
      return isOlderAddon ? LOOK_AGAIN_MS : RETRY_MS;
    }
    const near = nearEnd();
    if (near === null) return LOOK_AGAIN_MS;
    if (!parts.mayRenew()) {
      parts.onNearEnd(near, null);
      return HELD_LOOK_MS;
    }
    try {
      end = await renewKey(odoo, password);
      parts.onRenewed(end);
    } catch (error) {
      parts.onNearEnd(near, error);
    }
    return LOOK_AGAIN_MS;
  };

  return {
    start: () => {
      if (API_KEY.test(password.now())) watching = repeat(look, { clock, signal: stopping.signal });
    },
    stop: async () => {
      stopping.abort();
      await watching;
    },
    nearEnd,
  };
}

/** Has Odoo make a key in the place of the one in use, and keeps it; returns its end. The old one ends by itself. */
async function renewKey(
  odoo: Pick<OdooClient, 'procedure'>,
  password: Pick<ServicePassword, 'now' | 'replace'>,
): Promise<Date> {
  const payload = { index: password.now().slice(0, INDEX_LENGTH) };
  const answer = NewKey.safeParse(await odoo.procedure('viaduct_base.renew_key', payload));
  // The parser's own error would quote the key.
  if (!answer.success) throw unexpectedAnswer('viaduct_base.renew_key', 'a key and its end');
  await password.replace(answer.data.key);
  return new Date(answer.data.ends);
}
