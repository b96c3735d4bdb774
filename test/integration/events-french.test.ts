import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { idOf } from '../support/external-id.ts';
import { installFrench } from '../support/french.ts';
import { freshOdoo, type TestOdoo } from '../support/odoo.ts';
import { provisionAt } from '../support/odoo-events.ts';

let odoo: TestOdoo;
let unprovision: () => Promise<void>;

beforeAll(async () => {
  odoo = await freshOdoo();
  // Before the addons, which bring their translations for the languages that they find.
  await installFrench(odoo);
  unprovision = (await provisionAt(odoo)).unprovision;
});

afterAll(async () => {
  await unprovision?.();
  await odoo?.dispose();
});

const MODELS = ['subscription', 'delivery', 'attempt', 'source', 'watch', 'event', 'event_type'].map(
  (name) => `x_viaduct_${name}`,
);
/** Words that French has too, or that are names. */
const SAME =
  /^(true|URL|Table|Sources?|Transaction|Signature|Pause|Webhooks|Contacts|POST|PUT|PATCH|GET|DELETE|X-Shop: north|https:.*|[{].*|res\.partner)$/;

const In = { en: { context: { lang: 'en_US' } }, fr: { context: { lang: 'fr_FR' } } };

test.each(MODELS)('every label and help of %s is French for the French', async (model) => {
  const Fields = z.record(
    z.string(),
    z.object({
      ...{ string: z.string(), help: z.string().optional() },
      selection: z.array(z.tuple([z.string(), z.string()])).optional(),
    }),
  );
  const read = async (language: keyof typeof In) => {
    const attributes = { attributes: ['string', 'help', 'selection'], ...In[language] };
    const fields = Fields.parse(await odoo.execute(model, 'fields_get', [], attributes));
    return Object.entries(fields)
      .filter(([name]) => name.startsWith('x_'))
      .flatMap(([, { string, help, selection }]) => [
        ...[string, help ?? ''],
        ...(selection ?? []).map(([, label]) => label),
      ]);
  };
  const english = await read('en');
  const french = await read('fr');
  expect(english.length).toBeGreaterThan(4);
  expect(english.filter((words, n) => words === french[n] && words !== '' && !SAME.test(words))).toEqual([]);
});

const VIEWS = [
  ...['subscription_list', 'subscription_form', 'subscription_search', 'delivery_list', 'delivery_form'],
  ...['delivery_search', 'delivery_graph', 'delivery_pivot', 'source_list', 'source_form'],
  ...['event_type_list', 'watch_list', 'event_list', 'replay_form', 'replay_since_form'],
  ...['expunge_form', 'expunge_record_form', 'database_form_events'],
];

test.each(VIEWS)('the view %s says everything in French to the French', async (view) => {
  const id = await idOf(odoo, `viaduct_events.view_${view}`);
  const Arch = z.tuple([z.object({ arch_db: z.string() })]);
  const words = async (language: keyof typeof In) => {
    const rows = await odoo.execute('ir.ui.view', 'read', [[id], ['arch_db']], In[language]);
    const [{ arch_db }] = Arch.parse(rows);
    const shown = /\s(?:string|title|placeholder|confirm)=(?:"([^"]*)"|'([^']*)')|>([^<>]*\p{L}[^<>]*)</gu;
    return [...arch_db.matchAll(shown)].map((match) => (match[1] ?? match[2] ?? match[3] ?? '').trim());
  };
  const english = await words('en');
  const french = await words('fr');
  expect(english.length).toBeGreaterThan(0);
  expect(
    english.filter((text, n) => text === french[n] && !SAME.test(text) && !text.includes('.name')),
  ).toEqual([]);
});
