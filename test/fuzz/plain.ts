import { type Generator, request } from './attack.ts';
import { CANARY } from './secrets.ts';

/** Requests without a body to an address that is shown to operators only. */
export function attackOperators(target: string): Generator {
  return (dice) => {
    const proxies = [
      '127.0.0.1',
      '::1',
      '10.0.0.1',
      '127.0.0.1, 127.0.0.1',
      '[::1]:80',
      ',',
      '::ffff:127.0.0.1',
    ];
    const names = [
      'x-forwarded-for',
      'x-real-ip',
      'forwarded',
      'client-ip',
      'true-client-ip',
      'cf-connecting-ip',
    ];
    const headers = [[dice.pick(names), dice.pick(proxies)]] as const;
    const made = request({ method: dice.pick(['GET', 'GET', 'HEAD']), target, headers });
    return { kind: 'not an operator', request: made, mustRefuse: true };
  };
}

/** Requests to an address that is open to everybody. */
function attackOpen(path: string, kind: string): Generator {
  const queries = ['', '?', `?${CANARY}=1`, '?a[]=1&a[__proto__]=2', `?${'a=1&'.repeat(2_000)}`];
  return (dice) => {
    const target = path + dice.pick(queries);
    return { kind, request: request({ method: 'GET', target }), mustRefuse: false };
  };
}

export const attackHealth = attackOpen('/healthz', 'alive');
export const attackCatalogue = attackOpen('/v1/events', 'catalogue');
export const attackOpenApi = attackOpen('/v1/openapi.json', 'OpenAPI');
export const attackReference = attackOpen('/v1/reference', 'reference');
export const attackVersion = attackOpen('/web/version', 'version of Odoo');
export const attackJsonVersion = attackOpen('/json/version', 'version of Odoo');

const ROOTS = [
  '/api/sms/3/send',
  '/gatewayapi/dlr',
  '/gatewayapi/inbound',
  '/gatewayapi/events',
  '/webhooks/odoo/sale-order',
  '/webhooks/odoo/native',
  '/v1/events',
  '/v1/records/res.partner',
  '/bitconn/webhook',
  '/json/2/res.partner',
  '/readyz',
  '/metrics',
  '/',
  '/api',
  '/_sim/ledger',
  '/web/login',
];
const TWISTS = [
  ...[
    '/',
    '//',
    '/.',
    '/..',
    '/../',
    '/../../../../etc/passwd',
    '%2f..%2f..%2fetc%2fpasswd',
    '%00',
    '%',
    '%zz',
    '%c0%ae',
  ],
  ...[
    '/%2e%2e/%2e%2e/',
    ';a=b',
    '.json',
    '\\..\\',
    '%5c..%5c',
    '?',
    '#',
    '%0d%0ax-injected:%201',
    '\t',
    '\xe9',
    '%ff',
  ],
  ...[`/${CANARY}`, '/__proto__', '/constructor', `/${'a/'.repeat(2_000)}`, '/*', '/:id', '%252e%252e%252f'],
];

/** Addresses that do not exist, or only look like those that do. */
export const attackElsewhere: Generator = (dice) => {
  const target = dice.pick([
    () => dice.pick(ROOTS) + dice.pick(TWISTS),
    () => `/${dice.pick(ROOTS)}`,
    () => dice.pick(ROOTS).toUpperCase(),
    () => `http://${CANARY}.test${dice.pick(ROOTS)}`,
    () =>
      dice.pick([
        '*',
        '',
        '127.0.0.1:80',
        'http://',
        'http://[::1',
        'ftp://x/y',
        'https://a:b@c/',
        '://',
        '?',
        '#',
      ]),
    () =>
      `/${dice
        .bytes(1 + dice.int(60))
        .toString('latin1')
        .replaceAll(/[^\x21-\x7e\x80-\xff]/g, '_')}`,
    () =>
      `/api/${dice.pick(['iap', 'sms/1', 'sms/2', 'sms/3', 'mail', 'partner_autocomplete'])}/${dice.pick(['send', 'x', '..'])}`,
  ])();
  const method = dice.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']);
  return { kind: 'elsewhere', request: request({ method, target }), mustRefuse: false };
};
