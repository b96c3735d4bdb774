import { ViaductError } from '../../errors.ts';

/** A subscription that cannot be used as an administrator wrote it, or not for this payload; in words for him. */
export function unusable(message: string): ViaductError {
  return new ViaductError({ code: 'subscription-unusable', message, retry: 'after-config' });
}
