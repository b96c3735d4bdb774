import { type RetryVerdict, ViaductError } from '../../errors.ts';

export const PROVISIONING_CODES = [
  'not-an-administrator',
  'app-not-available',
  'import-failed',
  'uninstall-failed',
  'service-login-taken',
  'bad-addon',
  'kept-file',
] as const;
export type ProvisioningCode = (typeof PROVISIONING_CODES)[number];

/** Why an Odoo could not be provisioned; the message holds Odoo's own words where it gave some. */
export class ProvisioningError extends ViaductError {
  constructor(init: { code: ProvisioningCode; message: string; retry?: RetryVerdict; cause?: unknown }) {
    super({ retry: 'after-config', ...init });
  }
}
