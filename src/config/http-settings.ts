import * as z from 'zod';
import { integer, networks, optionalUrl, text } from './setting.ts';

const MIB = 1_048_576;

/** The server that Odoo, providers and people reach. */
export const httpSettings = z.object({
  host: text({
    name: 'VIADUCT_HOST',
    help: 'The address that Viaduct listens on.',
    fallback: '127.0.0.1',
  }),
  port: integer({
    name: 'VIADUCT_PORT',
    help: 'The port that Viaduct listens on; 0 takes a free one.',
    fallback: '8068',
    min: 0,
    max: 65_535,
  }),
  publicUrl: optionalUrl({
    name: 'VIADUCT_PUBLIC_URL',
    help: 'Where providers reach Viaduct. Without it VIADUCT_INTERNAL_URL.',
    example: 'https://viaduct.example.com',
  }),
  internalUrl: optionalUrl({
    name: 'VIADUCT_INTERNAL_URL',
    help: 'Where Odoo reaches Viaduct. Without it http://VIADUCT_HOST:VIADUCT_PORT.',
  }),
  trustedProxies: networks({
    name: 'VIADUCT_TRUSTED_PROXIES',
    help: 'Proxies whose X-Forwarded-For and X-Request-Id are believed.',
    fallback: '',
  }),
  operatorNetworks: networks({
    name: 'VIADUCT_OPERATOR_NETWORKS',
    help: 'Clients that may read /readyz and /metrics. Behind a proxy, name the proxy in VIADUCT_TRUSTED_PROXIES.',
    fallback: '127.0.0.0/8, ::1, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7',
  }),
  bodyBytes: integer({
    name: 'VIADUCT_HTTP_BODY_BYTES',
    help: 'The longest request body, where a route does not set a limit of its own.',
    fallback: String(MIB),
    min: 1024,
    max: 256 * MIB,
  }),
  bodiesBytes: integer({
    name: 'VIADUCT_HTTP_BODIES_BYTES',
    help: 'What all bodies of more than 64 KiB may take together while they are received and answered; further ones get 503.',
    fallback: String(128 * MIB),
    min: MIB,
    max: 65_536 * MIB,
  }),
  receiveTimeoutMs: integer({
    name: 'VIADUCT_HTTP_RECEIVE_TIMEOUT_MS',
    help: 'Time in which a request must have arrived completely; slower ones are cut with 408.',
    fallback: '10000',
    min: 100,
    max: 600_000,
  }),
  answerTimeoutMs: integer({
    name: 'VIADUCT_HTTP_ANSWER_TIMEOUT_MS',
    help: 'Time in which a request is answered; later ones get 503. GatewayAPI gives up after 15 s.',
    fallback: '12000',
    min: 100,
    max: 600_000,
  }),
  connections: integer({
    name: 'VIADUCT_HTTP_CONNECTIONS',
    help: 'Open connections; further ones are closed at once.',
    fallback: '2048',
    min: 1,
    max: 65_535,
  }),
  refusalsPerMinute: integer({
    name: 'VIADUCT_HTTP_REFUSALS_PER_MINUTE',
    help: 'Requests with a wrong signature or token that one client address may make in a minute before 429.',
    fallback: '60',
    min: 1,
    max: 1_000_000,
  }),
  requestsPerMinute: integer({
    name: 'VIADUCT_HTTP_REQUESTS_PER_MINUTE',
    help: 'Requests that one client address may make in a minute to a route that no provider calls.',
    fallback: '600',
    min: 1,
    max: 1_000_000,
  }),
  stopGraceMs: integer({
    name: 'VIADUCT_STOP_GRACE_MS',
    help: 'Time that running requests and work get to finish when Viaduct is told to stop.',
    fallback: '10000',
    min: 0,
    max: 600_000,
  }),
});
