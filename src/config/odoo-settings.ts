import * as z from 'zod';
import {
  choice,
  flag,
  integer,
  optionalPostgresUrl,
  optionalSecret,
  optionalText,
  requiredSecret,
  requiredText,
  requiredUrl,
} from './setting.ts';

const MIB = 1_048_576;

/** Odoo: where it is, who works there, and what one Odoo may be asked at a time. */
export const odooSettings = z.object({
  url: requiredUrl({
    name: 'ODOO_URL',
    help: 'Where Viaduct reaches Odoo.',
    example: 'http://127.0.0.1:8069',
  }),
  database: requiredText({ name: 'ODOO_DATABASE', help: 'The name of the Odoo database.', example: 'odoo' }),
  login: requiredText({
    name: 'ODOO_LOGIN',
    help: 'The login of the user that Viaduct works as; provisioning makes him; he needs the group Viaduct Service and no more.',
    example: 'viaduct',
  }),
  password: requiredSecret({ name: 'ODOO_PASSWORD', help: 'That user’s API key, or his password.' }),
  adminLogin: optionalText({
    name: 'ODOO_ADMIN_LOGIN',
    help: 'The login of an administrator, used for provisioning only. Without it ODOO_LOGIN provisions.',
  }),
  adminPassword: optionalSecret({
    name: 'ODOO_ADMIN_PASSWORD',
    help: 'That administrator’s password or API key.',
  }),
  transport: choice({
    name: 'ODOO_TRANSPORT',
    help: 'How Odoo is spoken with. `auto`: JSON-RPC wherever it answers, because it is the fastest; else JSON-2 (Odoo 19 and later, takes API keys only); else XML-RPC.',
    words: ['auto', 'json-rpc', 'json-2', 'xml-rpc'],
    fallback: 'auto',
  }),
  postgresUrl: optionalPostgresUrl({
    name: 'ODOO_POSTGRES_URL',
    help: 'Where Odoo’s PostgreSQL is, for a role that may do nothing but connect. With it Viaduct hears of events from PostgreSQL itself; without it Odoo’s bus rings, which costs each save of a watched record 3 to 9 ms.',
  }),
  provisionAtStart: flag({
    name: 'VIADUCT_PROVISION_AT_START',
    help: 'Whether `serve` may install and upgrade the data addons in Odoo before it starts.',
    fallback: 'false',
  }),
  connections: integer({
    name: 'ODOO_CONNECTIONS',
    help: 'Kept-alive connections to Odoo, and so the calls that run at the same time.',
    fallback: '4',
    min: 1,
    max: 64,
  }),
  waitingCalls: integer({
    name: 'ODOO_WAITING_CALLS',
    help: 'Calls that may wait for a connection; further ones are refused at once and tried again later.',
    fallback: '256',
    min: 1,
    max: 10_000,
  }),
  callTimeoutMs: integer({
    name: 'ODOO_CALL_TIMEOUT_MS',
    help: 'Time limit of one call to Odoo.',
    fallback: '30000',
    min: 100,
    max: 600_000,
  }),
  answerBytes: integer({
    name: 'ODOO_ANSWER_BYTES',
    help: 'The longest answer that is read from Odoo.',
    fallback: String(32 * MIB),
    min: 65_536,
    max: 1024 * MIB,
  }),
  breakerFailures: integer({
    name: 'ODOO_BREAKER_FAILURES',
    help: 'Failures in a row after which Odoo counts as down and is only probed.',
    fallback: '5',
    min: 1,
    max: 1000,
  }),
  breakerProbeMs: integer({
    name: 'ODOO_BREAKER_PROBE_MS',
    help: 'How often an Odoo that is down is probed.',
    fallback: '5000',
    min: 100,
    max: 600_000,
  }),
});
