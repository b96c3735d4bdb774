import * as z from 'zod';
import { optionalText } from './setting.ts';

/** Secrets that Odoo only names. */
export const secretsSettings = z.object({
  folder: optionalText({
    name: 'VIADUCT_SECRETS_FOLDER',
    help: 'The only folder that a secret written as `file:/path` in Odoo may be read from.',
    example: '/run/secrets',
  }),
});
