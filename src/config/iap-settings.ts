import * as z from 'zod';
import { integer, optionalOrigin } from './setting.ts';

/** What is passed on to Odoo's own paid services (IAP); nothing, unless an administrator wants it. */
export const iapSettings = z.object({
  smsUpstream: optionalOrigin({
    name: 'VIADUCT_IAP_SMS_UPSTREAM',
    help: 'Where to pass on what Odoo asks below its parameter sms.endpoint beside sending, as the registration of an SMS account. Without it Viaduct answers 404.',
    example: 'https://sms.api.odoo.com',
  }),
  upstream: optionalOrigin({
    name: 'VIADUCT_IAP_UPSTREAM',
    help: 'Where to pass on everything else that Viaduct has no address for, when Odoo’s parameter iap.endpoint names Viaduct. Without it Viaduct answers 404.',
    example: 'https://iap.odoo.com',
  }),
  timeoutMs: integer({
    name: 'VIADUCT_IAP_TIMEOUT_MS',
    help: 'Time limit of a request that is passed on. Odoo gives up after 15 s as a rule.',
    fallback: '20000',
    min: 100,
    max: 600_000,
  }),
  answerBytes: integer({
    name: 'VIADUCT_IAP_ANSWER_BYTES',
    help: 'The longest answer that is passed back.',
    fallback: '4194304',
    min: 1024,
    max: 268_435_456,
  }),
  connections: integer({
    name: 'VIADUCT_IAP_CONNECTIONS',
    help: 'Connections to each of the two, and so the requests that are passed on at the same time.',
    fallback: '8',
    min: 1,
    max: 64,
  }),
});
