import type { Generator } from './attack.ts';
import { attackNatives } from './events/natives.ts';
import { attackPushes } from './events/pushes.ts';
import { attackPassThrough } from './iap.ts';
import {
  attackCatalogue,
  attackElsewhere,
  attackHealth,
  attackJsonVersion,
  attackOpenApi,
  attackOperators,
  attackReference,
  attackVersion,
} from './plain.ts';
import { OTHER_RECORD_GENERATORS } from './records/others.ts';
import { V1_GENERATORS } from './records/v1.ts';
import { attackEvents } from './sms/events.ts';
import { attackInbound } from './sms/inbound.ts';
import { attackReports } from './sms/reports.ts';
import { attackSends } from './sms/sends.ts';

export const ELSEWHERE = 'elsewhere';

/** One generator for each route of the server, and how many shares of the requests it gets. A run fails without. */
export const GENERATORS: ReadonlyMap<string, { generate: Generator; shares: number }> = new Map([
  ['POST /gatewayapi/dlr', { generate: attackReports, shares: 10 }],
  ['POST /gatewayapi/inbound', { generate: attackInbound, shares: 4 }],
  ['POST /gatewayapi/events', { generate: attackEvents, shares: 5 }],
  ['POST /api/sms/3/send', { generate: attackSends, shares: 8 }],
  ['POST /webhooks/odoo/sale-order', { generate: attackPushes('sale-order'), shares: 4 }],
  ['POST /webhooks/odoo/invoice', { generate: attackPushes('invoice'), shares: 1 }],
  ['POST /webhooks/odoo/partner', { generate: attackPushes('partner'), shares: 1 }],
  ['POST /webhooks/odoo/lead', { generate: attackPushes('lead'), shares: 1 }],
  ['POST /webhooks/odoo/native/:token', { generate: attackNatives, shares: 3 }],
  ['GET /v1/events', { generate: attackCatalogue, shares: 1 }],
  ['GET /v1/openapi.json', { generate: attackOpenApi, shares: 1 }],
  ['GET /v1/reference', { generate: attackReference, shares: 1 }],
  ['GET /web/version', { generate: attackVersion, shares: 1 }],
  ['GET /json/version', { generate: attackJsonVersion, shares: 1 }],
  ...[...V1_GENERATORS, ...OTHER_RECORD_GENERATORS].map(
    ([route, generate]) => [route, { generate, shares: 1 }] as const,
  ),
  ['GET /readyz', { generate: attackOperators('/readyz'), shares: 1 }],
  ['GET /metrics', { generate: attackOperators('/metrics'), shares: 1 }],
  ['GET /healthz', { generate: attackHealth, shares: 1 }],
  ['GET /*', { generate: attackPassThrough, shares: 1 }],
  ['POST /*', { generate: attackPassThrough, shares: 1 }],
  [ELSEWHERE, { generate: attackElsewhere, shares: 3 }],
]);

/** Routes of the server that nobody attacks. */
export function unattacked(routes: readonly string[]): string[] {
  return routes.filter((route) => !GENERATORS.has(route));
}
