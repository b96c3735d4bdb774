import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../config/index.ts';
import { createHttpServer, type HttpServer } from '../../http/index.ts';
import { silentLog } from '../../log.ts';
import { createMetrics } from '../../metrics.ts';
import { createCatalogueRoute } from './catalogue-route.ts';

let server: HttpServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function started(points: number): Promise<string> {
  const required = { ODOO_URL: 'http://odoo.test', ODOO_DATABASE: 'a', ODOO_LOGIN: 'a', ODOO_PASSWORD: 'a' };
  server = createHttpServer({
    config: loadConfig({ environment: { ...required, VIADUCT_PORT: '0' } }).http,
    log: silentLog(),
    metrics: createMetrics(),
    readiness: () => [],
    routes: [createCatalogueRoute({ rateLimit: { count: 'requests', points, windowSeconds: 60 } })],
  });
  const { port } = await server.start();
  return `http://127.0.0.1:${port}/v1/events`;
}

const Answer = z.object({
  events: z.array(
    z.strictObject({
      ...{ name: z.string(), model: z.string().nullable(), description: z.string() },
      ...{ schema: z.looseObject({ $schema: z.string() }), example: z.looseObject({ event: z.string() }) },
    }),
  ),
});

test('the catalogue is told to everybody as JSON', async () => {
  const response = await fetch(await started(10));
  expect(response.headers.get('content-type')).toBe('application/json');
  const { events } = Answer.parse(await response.json());
  expect(events).toHaveLength(20);
  expect(events[0]).toMatchObject({ name: 'sale.order.created', example: { event: 'sale.order.created' } });
});

test('who asks too often for the catalogue waits', async () => {
  const url = await started(1);
  expect((await fetch(url)).status).toBe(200);
  expect((await fetch(url)).status).toBe(429);
});
