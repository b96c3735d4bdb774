import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { documentedFields } from '../catalogue/documents.ts';

const PROCEDURE = new URL(
  '../../../addon-manifests/viaduct_events/data/procedure_sync_rules.xml',
  import.meta.url,
);

test.each(['sale.order', 'account.move', 'res.partner', 'crm.lead'])(
  'the rules in Odoo watch what is documented of %s',
  async (model) => {
    const code = await readFile(PROCEDURE, 'utf8');
    const watched = new RegExp(`'${model}': '([^']+)'`).exec(code)?.[1]?.split(' ') ?? [];
    expect(documentedFields(model).length).toBeGreaterThan(5);
    expect(watched).toEqual(expect.arrayContaining(documentedFields(model)));
  },
);
