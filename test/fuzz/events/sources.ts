import { OTHER, OURS } from '../secrets.ts';

/** The ids of a source with a key alone, and of one that has to sign too. */
export const PLAIN_SOURCE = 1;
export const HMAC_SOURCE = 2;

/** The databases as the routes for events know them. */
export function fuzzEventDatabases() {
  return [OURS, OTHER].map(({ id, pushKey, signedKey, pushSecret, nativeToken }) => {
    const common = { name: 'Source', active: true, kinds: 'any' };
    const sources = [
      { ...common, id: PLAIN_SOURCE, key: pushKey, hmacSecret: '', nativeToken },
      { ...common, id: HMAC_SOURCE, key: signedKey, hmacSecret: pushSecret, nativeToken: '' },
    ];
    return { id, name: 'a', sources: () => sources, heldWords: () => null };
  });
}
