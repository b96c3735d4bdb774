import { serve } from '@hono/node-server';
import { Hono } from 'hono';

/** The floor: reads the raw body and answers 200, nothing else. */
const app = new Hono();
app.post('/gatewayapi/dlr', async (c) => {
  await c.req.arrayBuffer();
  return c.body(null, 200);
});

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send?.({ port }));
