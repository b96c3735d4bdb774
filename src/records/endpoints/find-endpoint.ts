import { hash, timingSafeEqual } from 'node:crypto';
import type { Endpoint } from './endpoint.ts';

/** What a caller shows: a key, the address of an endpoint, or both. */
export type Presented = { key: string | null; uuid: string | null };

export type Found = {
  endpoint: Endpoint;
  /** The key that was shown; null at a public endpoint. */
  keyId: number | null;
};

/** Finds whose key and address this is, among the endpoints of one database. */
export type EndpointFinder = { find(presented: Presented, nowMs: number): Found | null };

type Known = { digest: Buffer; endpoint: Endpoint };
type KnownKey = Known & { keyId: number; endsMs: number };

/**
 * Every key and every address is compared, by digests and in constant time, whatever was shown: neither the time nor the answer
 * tells an unknown address from a wrong key.
 */
export function createEndpointFinder(endpoints: readonly Endpoint[]): EndpointFinder {
  const keys = endpoints.flatMap((endpoint) =>
    endpoint.keys.flatMap(({ id, hash: hex, expiresAt }): KnownKey[] => {
      const digest = Buffer.from(hex, 'hex');
      const endsMs = expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
      return digest.length === 32 ? [{ digest, endpoint, keyId: id, endsMs }] : [];
    }),
  );
  const addresses = endpoints.map((endpoint) => ({ digest: digestOf(endpoint.uuid), endpoint }));

  return {
    find({ key, uuid }, nowMs) {
      const byKey = matchOf(keys, key);
      const byAddress = matchOf(addresses, uuid);
      const addressed = byAddress?.endpoint ?? null;
      if (addressed !== null && addressed.auth === 'public') return { endpoint: addressed, keyId: null };
      if (byKey === null || byKey.endsMs <= nowMs || byKey.endpoint.auth === 'public') return null;
      if (uuid !== null && addressed !== byKey.endpoint) return null;
      return { endpoint: byKey.endpoint, keyId: byKey.keyId };
    },
  };
}

/** Texts that nobody has are looked for as well, so that it takes as long. */
function matchOf<Entry extends Known>(entries: readonly Entry[], text: string | null): Entry | null {
  const given = digestOf(text ?? '');
  let found: Entry | null = null;
  for (const entry of entries) if (timingSafeEqual(entry.digest, given)) found ??= entry;
  return text === null || text === '' ? null : found;
}

function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
