import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/index.ts';
import { createHttpServer } from '../../../src/http/index.ts';
import { createLog } from '../../../src/log.ts';
import { createMetrics } from '../../../src/metrics.ts';
import { createRecordRoutes } from '../../../src/records/index.ts';
import { createVisitor, type Visitor } from '../connection.ts';
import { createDice } from '../dice.ts';
import { isBelieved } from '../ledger.ts';
import { CANARY } from '../secrets.ts';
import { asPlainAttack } from '../transport.ts';
import { fuzzRecordDatabases } from './database.ts';
import { OTHER_RECORD_GENERATORS } from './others.ts';
import { V1_GENERATORS } from './v1.ts';

const REQUESTS = 120;

let server: ReturnType<typeof createHttpServer>;
let visitor: Visitor;
let lines: string[];
beforeEach(async () => {
  lines = [];
  const databases = fuzzRecordDatabases();
  const required = { ODOO_URL: 'http://odoo.test', ODOO_DATABASE: 'a', ODOO_LOGIN: 'a', ODOO_PASSWORD: 'a' };
  const limits = { VIADUCT_HTTP_REFUSALS_PER_MINUTE: '1000000', VIADUCT_PORT: '0' };
  const config = loadConfig({ environment: { ...required, ...limits } });
  server = createHttpServer({
    ...{ config: config.http, metrics: createMetrics(), readiness: () => [] },
    log: createLog({ level: 'trace', destination: { write: (line) => void lines.push(line) } }),
    routes: createRecordRoutes({ config, nowMs: Date.now, databases: () => databases }),
  });
  const { port } = await server.start();
  visitor = createVisitor({ port, address: '127.0.0.11' });
});
afterEach(async () => {
  visitor.leave();
  await server.stop();
});

test.each([...V1_GENERATORS, ...OTHER_RECORD_GENERATORS])(
  'nothing that is said to %s gets further than its endpoint',
  async (route, generate) => {
    const dice = createDice(3);
    const good = new Set<number>();
    for (let count = 0; count < REQUESTS; count += 1) {
      const payload = generate(dice, () => {});
      const { answers } = await visitor.carryOut(asPlainAttack(route, payload));
      const [{ status, body } = { status: 0, body: '' }] = answers;
      const what = `${payload.request.method} ${payload.request.target.slice(0, 200)} ${payload.request.body.toString().slice(0, 300)} gave ${body.slice(0, 300)}`;
      expect([payload.kind, status < 500 && status >= 200], what).toEqual([payload.kind, true]);
      const isForgery = isBelieved({ route, mustRefuse: payload.mustRefuse }, { status, body });
      expect([payload.kind, isForgery], what).toEqual([payload.kind, false]);
      if (payload.kind.startsWith('good')) good.add(status);
    }
    expect(
      [...good].every((status) => status < 300),
      [...good].join(),
    ).toBe(true);
    expect(lines.filter((line) => line.includes(CANARY))).toEqual([]);
  },
);
