import { afterAll, beforeAll, expect, test } from 'vitest';
import { fieldWords, installFrench, viewWords } from '../support/french.ts';
import { freshOdoo, type TestOdoo } from '../support/odoo.ts';
import { newService, provisioned } from '../support/provisioned.ts';

let odoo: TestOdoo;
let unprovision: () => Promise<void>;

beforeAll(async () => {
  odoo = await freshOdoo();
  // Before the addons, which bring their translations for the languages that they find.
  await installFrench(odoo);
  unprovision = await provisioned(odoo, { service: newService() });
});

afterAll(async () => {
  await unprovision?.();
  await odoo?.dispose();
});

const MODELS = [
  ...['subscription', 'delivery', 'attempt', 'source', 'watch', 'event', 'event_type'],
  ...['endpoint', 'grant', 'endpoint_key', 'call', 'idempotency', 'new_key'],
];
/** Words that French has too, or that are names. */
const SAME =
  /^(true|URL|Table|Sources?|Transaction|Signature|Pause|Public|Webhooks|Contacts|POST|PUT|PATCH|GET|DELETE|JSON-RPC|JSON-2|XML-RPC|X-Shop: north|https:.*|[{].*|res\.partner|203\..*|action_confirm.*)$/s;

test.each(MODELS)('every label and help of x_viaduct_%s is French for the French', async (model) => {
  const { said, untranslated } = await fieldWords(odoo, `x_viaduct_${model}`);
  expect(said.length).toBeGreaterThan(0);
  expect(untranslated.filter((words) => !SAME.test(words))).toEqual([]);
});

const VIEWS = [
  ...['subscription_list', 'subscription_form', 'subscription_search', 'delivery_list', 'delivery_form'],
  ...['delivery_search', 'delivery_graph', 'delivery_pivot', 'source_list', 'source_form'],
  ...['event_type_list', 'watch_list', 'event_list', 'replay_form', 'replay_since_form'],
  ...['expunge_form', 'expunge_record_form', 'database_form_events'],
].map((view) => `viaduct_events.view_${view}`);
const RECORD_VIEWS = [
  ...['endpoint_list', 'endpoint_form', 'endpoint_search', 'call_list', 'call_form', 'call_search'],
  ...['call_graph', 'call_pivot', 'database_form_records', 'new_key_form'],
].map((view) => `viaduct_records.view_${view}`);

test.each([...VIEWS, ...RECORD_VIEWS])(
  'the view %s says everything in French to the French',
  async (view) => {
    const { said, untranslated } = await viewWords(odoo, view);
    expect(said.length).toBeGreaterThan(0);
    expect(untranslated.filter((words) => !SAME.test(words) && !words.includes('.name'))).toEqual([]);
  },
);
