import * as z from 'zod';
import { integer, text } from './setting.ts';

/** SMS through GatewayAPI. */
export const smsSettings = z.object({
  hosts: text({
    name: 'VIADUCT_GATEWAYAPI_HOSTS',
    help: 'Hosts (with port, where it is not the usual one) that an account’s base URL may name, separated by commas; the messaging API has hosts of its own. Tokens go nowhere else.',
    fallback: 'gatewayapi.com,gatewayapi.eu,messaging.gatewayapi.com,messaging.gatewayapi.eu',
  }),
  requestMessages: integer({
    name: 'VIADUCT_GATEWAYAPI_REQUEST_MESSAGES',
    help: 'SMS in one request to GatewayAPI, which takes 1,000.',
    fallback: '500',
    min: 1,
    max: 1000,
  }),
  timeoutMs: integer({
    name: 'VIADUCT_GATEWAYAPI_TIMEOUT_MS',
    help: 'How long a request to GatewayAPI may take before its outcome counts as unknown.',
    fallback: '30000',
    min: 1000,
    max: 300_000,
  }),
  connections: integer({
    name: 'VIADUCT_GATEWAYAPI_CONNECTIONS',
    help: 'Connections to GatewayAPI, which allows 40 from one address.',
    fallback: '8',
    min: 1,
    max: 40,
  }),
  maxAgeHours: integer({
    name: 'VIADUCT_SMS_MAX_AGE_HOURS',
    help: 'How long an SMS that GatewayAPI does not take, or a report whose SMS Odoo does not show, is tried again.',
    fallback: '24',
    min: 1,
    max: 168,
  }),
  pickUpHours: integer({
    name: 'VIADUCT_SMS_PICK_UP_HOURS',
    help: 'How old an SMS may be that Odoo marked as a server error while Viaduct was away, to be sent when it is back; 0 leaves them to people.',
    fallback: '24',
    min: 0,
    max: 168,
  }),
  postMessages: integer({
    name: 'VIADUCT_SMS_POST_MESSAGES',
    help: 'SMS that Odoo may hand over in one post (its parameter sms.session.batch.size, 500 by default).',
    fallback: '5000',
    min: 1,
    max: 50_000,
  }),
  postBytes: integer({
    name: 'VIADUCT_SMS_POST_BYTES',
    help: 'Size of one such post.',
    fallback: '16777216',
    min: 65_536,
    max: 268_435_456,
  }),
  postsPerMinute: integer({
    name: 'VIADUCT_SMS_POSTS_PER_MINUTE',
    help: 'Posts of SMS taken from one address in a minute.',
    fallback: '6000',
    min: 1,
    max: 1_000_000,
  }),
  reportBytes: integer({
    name: 'VIADUCT_SMS_REPORT_BYTES',
    help: 'Size of one delivery report.',
    fallback: '16384',
    min: 1024,
    max: 1_048_576,
  }),
  writeMessages: integer({
    name: 'VIADUCT_SMS_WRITE_MESSAGES',
    help: 'SMS whose states are written into Odoo in one call, which takes it a millisecond or two for each.',
    fallback: '1000',
    min: 1,
    max: 10_000,
  }),
  writeIntervalMs: integer({
    name: 'VIADUCT_SMS_WRITE_INTERVAL_MS',
    help: 'Under load, states are written into Odoo at most this often, in batches; a single SMS does not wait.',
    fallback: '2000',
    min: 0,
    max: 60_000,
  }),
});
