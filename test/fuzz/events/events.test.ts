import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type ReceivingEdge,
  startReceivingEdge,
} from '../../../src/events/receiving/testing/receiving-edge.ts';
import { createVisitor, type Visitor } from '../connection.ts';
import { createDice } from '../dice.ts';
import { GENERATORS } from '../generators.ts';
import { asPlainAttack } from '../transport.ts';
import { fuzzEventDatabases } from './sources.ts';

const ROUTES = [...GENERATORS.keys()].filter((route) => route.startsWith('POST /webhooks/odoo/'));
const REQUESTS = 150;

let edge: ReceivingEdge;
let visitor: Visitor;
beforeEach(async () => {
  const databases = fuzzEventDatabases();
  edge = await startReceivingEdge(() => databases, { refusals: 1_000_000 });
  visitor = createVisitor({ port: Number(new URL(edge.url).port), address: '127.0.0.9' });
});
afterEach(async () => {
  visitor.leave();
  await edge.stop();
});

test.each(ROUTES)('what is sent to %s is believed only of who may send it', async (route) => {
  const generate = GENERATORS.get(route)?.generate;
  if (generate === undefined) throw new RangeError(`There is no generator for ${route}.`);
  const dice = createDice(5);
  const offered = new Set<string>();
  const answered = new Set<string>();
  for (let count = 0; count < REQUESTS; count += 1) {
    const payload = generate(dice, (database, key) => offered.add(`${database} ${key}`));
    const { answers } = await visitor.carryOut(asPlainAttack(route, payload));
    const [status = 0] = answers.map((answer) => answer.status);
    expect([payload.kind, status], JSON.stringify(payload.request.headers)).toEqual([
      payload.kind,
      payload.mustRefuse ? expect.toSatisfy(isRefusal) : expect.toSatisfy(isAnswer),
    ]);
    if (payload.kind.startsWith('genuine')) answered.add(String(status));
  }
  expect([...answered]).toEqual(['200']);
  const kept = await edge.journal.list({ limit: 1_000 });
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.filter(({ database, key }) => !offered.has(`${database} ${key}`))).toEqual([]);
});

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500;
}

function isAnswer(status: number): boolean {
  return status >= 200 && status < 500;
}
