import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Addon, readAddons } from './addon.ts';
import { toDialect } from './dialects.ts';

const MANIFESTS = fileURLToPath(new URL('../../../addon-manifests', import.meta.url));

const translated = (path: string, text: string, major: number) =>
  new TextDecoder().decode(toDialect(path, new TextEncoder().encode(text), major));

test.each([
  [17, '<tree editable="top"><field name="x_list"/></tree>'],
  [18, '<list editable="top"><field name="x_list"/></list>'],
  [19, '<list editable="top"><field name="x_list"/></list>'],
])('calls a list in %i by its name', (major, expected) => {
  expect(translated('a.xml', '<list editable="top"><field name="x_list"/></list>', major)).toBe(expected);
});

test.each([
  [17, '<field name="view_mode">kanban,tree,form</field>'],
  [18, '<field name="view_mode">kanban,list,form</field>'],
])('opens lists in the actions of %i', (major, expected) => {
  expect(translated('a.xml', '<field name="view_mode">kanban,list,form</field>', major)).toBe(expected);
});

test('names the view in the code of actions as 17 does, and leaves the word list alone', () => {
  const code = "action = {'views': [[False, 'list'], [view_id, 'list']], 'ids': list(found)}";
  expect(translated('a.xml', code, 17)).toBe(
    "action = {'views': [[False, 'tree'], [view_id, 'tree']], 'ids': list(found)}",
  );
});

test('writes the chatter as a div of three fields for 17 only', () => {
  expect(translated('a.xml', '<chatter reload_on_post="True"/>', 17)).toBe(
    '<div class="oe_chatter"><field name="message_follower_ids"/><field name="activity_ids"/><field name="message_ids"/></div>',
  );
  expect(translated('a.xml', '<chatter/>', 18)).toBe('<chatter/>');
});

test('lets scheduled actions run for ever on 17, where they would run once', () => {
  const cron = '<record id="c" model="ir.cron"><field name="name">Look</field></record>';
  expect(translated('a.xml', cron, 17)).toContain('<field name="numbercall" eval="-1"/>');
  expect(translated('a.xml', cron, 18)).toBe(cron);
});

const GROUPS = `
<record id="p" model="res.groups.privilege">
    <field name="name">Viaduct</field>
    <field name="category_id" ref="base.module_category_hidden"/>
</record>
<record id="g" model="res.groups">
    <field name="privilege_id" ref="p"/>
    <field name="user_ids" eval="[]"/>
</record>
<record id="a" model="ir.actions.server">
    <field name="group_ids" eval="[]"/>
    <field name="user_ids" eval="[]"/>
</record>`;

test.each([17, 18])('puts groups, privileges and their users into the words of %i', (major) => {
  expect(translated('a.xml', GROUPS, major)).toBe(`
<record id="p" model="ir.module.category">
    <field name="name">Viaduct</field>
</record>
<record id="g" model="res.groups">
    <field name="category_id" ref="p"/>
    <field name="users" eval="[]"/>
</record>
<record id="a" model="ir.actions.server">
    <field name="groups_id" eval="[]"/>
    <field name="user_ids" eval="[]"/>
</record>`);
  expect(translated('fr.po', '#: model:res.groups.privilege,name:x.p', major)).toBe(
    '#: model:ir.module.category,name:x.p',
  );
});

test('leaves everything as it is for the newest Odoo', () => {
  expect(translated('a.xml', GROUPS, 19)).toBe(GROUPS);
});

test.each([
  [17, '[\n"a.xml",\n"old.xml",\n]'],
  [18, '[\n"a.xml",\n"old.xml",\n"new.xml",\n]'],
  [19, '[\n"a.xml",\n"new.xml",\n]'],
])('keeps the lines of a manifest that are for %i', (major, expected) => {
  const text = '[\n"a.xml",\n"old.xml",  # up to Odoo 18\n"new.xml",  # Odoo 18 and later\n]';
  expect(translated('__manifest__.py', text, major)).toBe(expected);
});

test('leaves files alone that are no text', () => {
  const bytes = new Uint8Array([0xff, 0xfe, 0x3c]);
  expect(toDialect('static/description/icon.png', bytes, 17)).toBe(bytes);
});

/** What an older version does not know, and refuses an addon for. */
const UNKNOWN: ReadonlyMap<number, RegExp> = new Map([
  [
    17,
    /<\/?list\b|\blist,form|<chatter|group_ids|res\.groups\.privilege|privilege_id|sms\.iap_account_view_form/,
  ],
  [18, /<\/?tree\b|group_ids|res\.groups\.privilege|privilege_id/],
  [19, /<\/?tree\b|groups_id|model_sms_resend/],
]);

const textsOf = ({ name, files }: Addon) =>
  [...files]
    .filter(([path]) => /\.(xml|csv|py|po)$/.test(path))
    .map(([path, content]) => ({ path: `${name}/${path}`, text: new TextDecoder().decode(content) }));

test.each([...UNKNOWN])('the addons for %i hold nothing that it does not know', async (major, unknown) => {
  const texts = (await readAddons(MANIFESTS, major)).flatMap(textsOf);
  expect(texts.length).toBeGreaterThan(20);
  for (const { path, text } of texts) expect({ path, unknown: unknown.exec(text)?.[0] }).toEqual({ path });
});

test.each([17, 18, 19])('the XML of the addons for %i is well-formed', async (major) => {
  const files = (await readAddons(MANIFESTS, major)).flatMap(textsOf);
  for (const { path, text } of files.filter(({ path }) => path.endsWith('.xml'))) {
    expect({ path, unclosed: unclosedElement(text) }).toEqual({ path, unclosed: null });
  }
});

test.each([17, 18, 19])(
  'the manifests for %i name the files that are there, and no others',
  async (major) => {
    for (const { name, files } of await readAddons(MANIFESTS, major)) {
      const manifest = new TextDecoder().decode(files.get('__manifest__.py'));
      const named = [...manifest.matchAll(/"([a-z_/.-]+\.(?:xml|csv|js))"/g)].map(([, path = '']) =>
        path.replace(`${name}/`, ''),
      );
      const held = [...files.keys()].filter((path) => /\.(xml|csv|js)$/.test(path));
      expect(held.sort()).toEqual(named.sort());
    }
  },
);

/** An opening, closing or empty element, its attributes in either kind of quotes. */
const ELEMENT = /<(\/?)([\w.-]+)(?:\s+[\w.-]+=(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>/g;

/** The first element that is not closed by its own name; null when all are. */
function unclosedElement(xml: string): string | null {
  const open: string[] = [];
  const rest = xml.replace(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>/g, '');
  for (const [, end, name = '', empty] of rest.matchAll(ELEMENT)) {
    if (end === '/' && open.pop() !== name) return name;
    if (end === '' && empty === '') open.push(name);
  }
  return rest.replace(ELEMENT, '').includes('<') ? 'text' : (open.pop() ?? null);
}
