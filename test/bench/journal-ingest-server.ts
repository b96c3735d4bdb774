import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { jwtVerify } from 'jose';
import { createSqliteJournal } from '../../src/journal/index.ts';

/** The process that `journal-ingest.ts` measures: a bare handler, and one that verifies and appends. */
const [path = '', secret = ''] = process.argv.slice(2);
const journal = await createSqliteJournal({ path, maxBytes: 2 ** 30 });
const hmac = { name: 'HMAC', hash: 'SHA-256' };
const key = await crypto.subtle.importKey('raw', Buffer.from(secret), hmac, false, ['verify']);
const decoder = new TextDecoder();
const app = new Hono();

app.post('/bare', async (c) => {
  await c.req.arrayBuffer();
  return c.body('', 200);
});

app.post('/verify', async (c) => {
  await c.req.arrayBuffer();
  await jwtVerify(c.req.header('x-signature') ?? '', key);
  return c.body('', 200);
});

app.post('/append', async (c) => {
  const payload = decoder.decode(await c.req.arrayBuffer());
  const dedupe = c.req.header('x-dedupe') ?? '';
  await journal.append([{ database: 'db-1', queue: 'sms.report', key: dedupe, dedupe, payload }]);
  return c.body('', 200);
});

app.post('/ingest', async (c) => {
  const payload = decoder.decode(await c.req.arrayBuffer());
  const { payload: claims } = await jwtVerify(c.req.header('x-signature') ?? '', key);
  const dedupe = String(claims['id']);
  await journal.append([{ database: 'db-1', queue: 'sms.report', key: dedupe, dedupe, payload }]);
  return c.body('', 200);
});

app.get('/figures', async (c) => {
  const [stats] = await journal.stats();
  const rssMb = Math.round(process.memoryUsage.rss() / 2 ** 20);
  return c.json({ rssMb, fsyncs: journal.commitCount(), entries: stats?.ready ?? 0 });
});

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send?.(port));
process.once('disconnect', () => void journal.close().then(() => process.exit(0)));
