import { hash, timingSafeEqual } from 'node:crypto';
import { resolveSecretReference, type SecretPlaces } from '../../config/index.ts';
import { errorText } from '../../errors.ts';
import type { Source } from '../records.ts';

/** A source whose secrets are at hand. */
export type KnownSource = {
  id: number;
  name: string;
  /** What it may push: the name of an address, or `any`. */
  kinds: string;
  keyDigest: Buffer | null;
  tokenDigest: Buffer | null;
  /** `null` asks for no signature; `unknown` lets nobody in, because the secret cannot be read. */
  hmacSecret: { text: string } | 'unknown' | null;
};

export type SourceKeys = {
  /** The active ones of these; read once for each reading of Odoo. */
  of(sources: readonly Source[]): readonly KnownSource[] | Promise<readonly KnownSource[]>;
};

export type SourceKeysOptions = {
  places: SecretPlaces;
  /** A secret of a source cannot be read, in words for an administrator. */
  onFault: (sourceId: number, words: string) => void;
};

/** Shorter ones can be guessed. */
const SHORTEST_SECRET = 16;

/** Resolves the secrets of sources, and keeps only digests of what is compared. */
export function createSourceKeys(options: SourceKeysOptions): SourceKeys {
  const known = new WeakMap<readonly Source[], readonly KnownSource[] | Promise<readonly KnownSource[]>>();
  const told = new Map<number, string>();
  /** Sources are read anew every minute: the same fault is told once. */
  const onFault = (id: number, words: string) => {
    if (told.get(id) !== words) options.onFault(id, words);
    told.set(id, words);
  };

  return {
    of(sources) {
      const found = known.get(sources);
      if (found !== undefined) return found;
      const resolving = Promise.all(
        sources.filter(({ active }) => active).map((source) => resolve(source, { ...options, onFault })),
      ).then((resolved) => {
        known.set(sources, resolved);
        return resolved;
      });
      known.set(sources, resolving);
      return resolving;
    },
  };
}

/** Whose key this is; every source is compared, so that the time tells nothing. */
export function sourceWithKey(sources: readonly KnownSource[], key: string): KnownSource | null {
  return sourceWith(sources, key, ({ keyDigest }) => keyDigest);
}

/** Whose address for Odoo's own webhooks this is. */
export function sourceWithToken(sources: readonly KnownSource[], token: string): KnownSource | null {
  return sourceWith(sources, token, ({ tokenDigest }) => tokenDigest);
}

function sourceWith(
  sources: readonly KnownSource[],
  text: string,
  digestOf: (source: KnownSource) => Buffer | null,
): KnownSource | null {
  const given = hash('sha256', text, 'buffer');
  let found: KnownSource | null = null;
  for (const source of sources) {
    const digest = digestOf(source);
    if (digest !== null && timingSafeEqual(given, digest)) found ??= source;
  }
  return found;
}

async function resolve(source: Source, { places, onFault }: SourceKeysOptions): Promise<KnownSource> {
  const { id, name, kinds } = source;
  async function orNull(text: string): Promise<string | null> {
    try {
      return await resolveSecretReference(text, places);
    } catch (error) {
      onFault(id, errorText(error));
      return null;
    }
  }
  const [key, token, hmac] = [await orNull(source.key), source.nativeToken, await orNull(source.hmacSecret)];
  if ([key, token].some((secret) => secret !== null && secret !== '' && secret.length < SHORTEST_SECRET)) {
    onFault(id, `A key of this source is shorter than ${SHORTEST_SECRET} characters, and is not accepted.`);
  }
  return {
    ...{ id, name, kinds, keyDigest: digestOfSecret(key), tokenDigest: digestOfSecret(token) },
    hmacSecret: hmac === null ? 'unknown' : hmac === '' ? null : { text: hmac },
  };
}

function digestOfSecret(secret: string | null): Buffer | null {
  return secret === null || secret.length < SHORTEST_SECRET ? null : hash('sha256', secret, 'buffer');
}
