import { z } from 'zod';
import { idOf } from './external-id.ts';
import type { TestOdoo } from './odoo.ts';

/** Installs French in an Odoo, with the translations of all that is installed. */
export async function installFrench({ execute }: Pick<TestOdoo, 'execute'>): Promise<void> {
  const anyState = { context: { active_test: false } };
  const french = await execute('res.lang', 'search', [[['code', '=', 'fr_FR']]], anyState);
  const wizard = await execute('base.language.install', 'create', [
    [{ lang_ids: [[6, 0, french]], overwrite: false }],
  ]);
  await execute('base.language.install', 'lang_install', [wizard]);
}

const In = { en: { context: { lang: 'en_US' } }, fr: { context: { lang: 'fr_FR' } } };
type Words = { said: string[]; untranslated: string[] };

function compared(english: readonly string[], french: readonly string[]): Words {
  const said = english.filter((words) => words !== '');
  return { said, untranslated: english.filter((words, n) => words !== '' && words === french[n]) };
}

const Fields = z.record(
  z.string(),
  z.object({
    ...{ string: z.string(), help: z.string().optional() },
    selection: z.array(z.tuple([z.string(), z.string()])).optional(),
  }),
);

/** Labels, helps and choices of the fields of a model, and those that a Frenchman reads in English. */
export async function fieldWords({ execute }: Pick<TestOdoo, 'execute'>, model: string): Promise<Words> {
  const read = async (language: keyof typeof In) => {
    const attributes = { attributes: ['string', 'help', 'selection'], ...In[language] };
    const fields = Fields.parse(await execute(model, 'fields_get', [], attributes));
    return Object.entries(fields)
      .filter(([name]) => name.startsWith('x_'))
      .flatMap(([, { string, help, selection }]) => [
        ...[string, help ?? ''],
        ...(selection ?? []).map(([, label]) => label),
      ]);
  };
  return compared(await read('en'), await read('fr'));
}

const Arch = z.tuple([z.object({ arch_db: z.string() })]);

/** What a view (external id) says itself, and what of it a Frenchman reads in English. */
export async function viewWords(odoo: Pick<TestOdoo, 'execute'>, view: string): Promise<Words> {
  const id = await idOf(odoo, view);
  const read = async (language: keyof typeof In) => {
    const rows = await odoo.execute('ir.ui.view', 'read', [[id], ['arch_db']], In[language]);
    const [{ arch_db }] = Arch.parse(rows);
    const shown = /\s(?:string|title|placeholder|confirm)=(?:"([^"]*)"|'([^']*)')|>([^<>]*\p{L}[^<>]*)</gu;
    return [...arch_db.matchAll(shown)].map((match) => (match[1] ?? match[2] ?? match[3] ?? '').trim());
  };
  return compared(await read('en'), await read('fr'));
}
