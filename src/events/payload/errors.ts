import { ViaductError } from '../../errors.ts';

/** A field list, template or static object that an administrator has to change; the words say where. Code `payload-invalid`. */
export function payloadError(message: string): ViaductError {
  return new ViaductError({ code: 'payload-invalid', message, retry: 'after-config' });
}
