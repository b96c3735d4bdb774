/** What is written for the newest Odoo, put into the words of an older one. */
type Transform = {
  /** The newest major version of Odoo that wants it. */
  upTo: number;
  /** A file that the transform has nothing to say about comes back as it is. */
  apply: (file: AddonFile) => string;
};

type AddonFile = { path: string; text: string; major: number };

/** Applied in this order. */
const TRANSFORMS: readonly Transform[] = [
  { upTo: Number.POSITIVE_INFINITY, apply: linesOfThisVersion },
  { upTo: 18, apply: groupsAsBefore19 },
  { upTo: 18, apply: privilegesAsCategories },
  { upTo: 17, apply: listsAsTrees },
  { upTo: 17, apply: chatterAsDiv },
  { upTo: 17, apply: schedulesForEver },
];

/** A file of an addon as the given major version of Odoo wants it. */
export function toDialect(path: string, content: Uint8Array, major: number): Uint8Array {
  if (!/\.(xml|csv|po|py)$/.test(path)) return content;
  const wanted = TRANSFORMS.filter(({ upTo }) => major <= upTo);
  const text = wanted.reduce(
    (done, { apply }) => apply({ path, text: done, major }),
    new TextDecoder().decode(content),
  );
  return new TextEncoder().encode(text);
}

/** The field that holds a user's groups: renamed in 19. */
export function userGroupsField(major: number): 'group_ids' | 'groups_id' {
  return major >= 19 ? 'group_ids' : 'groups_id';
}

/** Whether importing an addon also loads its translations: 17 takes no `i18n/` out of the zip (ir_module.py). */
export function importsTranslations(major: number): boolean {
  return major >= 18;
}

/**
 * A line of a manifest that ends with `# Odoo 18 and later` or `# up to Odoo 18` is there for those versions only: for
 * what builds on a view, a model or a script that others do not have.
 */
export function linesOfThisVersion({ path, text, major }: AddonFile): string {
  if (path !== '__manifest__.py') return text;
  const isMeant = (line: string): boolean => {
    const from = /# Odoo (\d+) and later$/.exec(line)?.[1];
    const upTo = /# up to Odoo (\d+)$/.exec(line)?.[1];
    return (from === undefined || major >= Number(from)) && (upTo === undefined || major <= Number(upTo));
  };
  return text
    .split('\n')
    .filter((line) => isMeant(line))
    .map((line) => line.replace(/ *# (Odoo \d+ and later|up to Odoo \d+)$/, ''))
    .join('\n');
}

/** `group_ids` of users, actions, views and menus was `groups_id`; `user_ids` of groups was `users`. */
function groupsAsBefore19({ path, text }: AddonFile): string {
  if (!path.endsWith('.xml')) return text;
  return inRecords(text.replaceAll('name="group_ids"', 'name="groups_id"'), 'res.groups', (record) =>
    record.replaceAll('name="user_ids"', 'name="users"'),
  );
}

/**
 * Groups of one privilege were groups of one category, without another one above: below a parent, the form of a user
 * would show them under the parent's name.
 */
function privilegesAsCategories({ path, text }: AddonFile): string {
  if (path.endsWith('.po'))
    return text.replaceAll('model:res.groups.privilege,', 'model:ir.module.category,');
  if (!path.endsWith('.xml')) return text;
  const asCategory = inRecords(text, 'res.groups.privilege', (record) =>
    record
      .replace('model="res.groups.privilege"', 'model="ir.module.category"')
      .replace(/[ \t]*<field name="category_id"[^>]*\/>\n?/, ''),
  );
  return inRecords(asCategory, 'res.groups', (record) =>
    record.replace('name="privilege_id"', 'name="category_id"'),
  );
}

/** List views were called tree views, also in the view modes of actions. */
function listsAsTrees({ path, text }: AddonFile): string {
  if (!path.endsWith('.xml')) return text;
  return text
    .replace(/<(\/?)list\b/g, '<$1tree')
    .replace(/(<field name="view_mode">[^<]*)\blist\b/g, '$1tree')
    .replace(/\[(False|view_id|\d+), 'list'\]/g, "[$1, 'tree']");
}

/** The chatter was a `div` with the three fields in it. */
function chatterAsDiv({ path, text }: AddonFile): string {
  if (!path.endsWith('.xml')) return text;
  const fields = ['message_follower_ids', 'activity_ids', 'message_ids'];
  const inside = fields.map((name) => `<field name="${name}"/>`).join('');
  return text.replace(/<chatter\b[^>]*\/>/g, `<div class="oe_chatter">${inside}</div>`);
}

/** A scheduled action ran once, unless it was told otherwise. */
function schedulesForEver({ path, text }: AddonFile): string {
  if (!path.endsWith('.xml')) return text;
  return inRecords(text, 'ir.cron', (record) =>
    record.replace('</record>', '    <field name="numbercall" eval="-1"/>\n    </record>'),
  );
}

/** Changes the records of one model, and only those. */
function inRecords(text: string, model: string, change: (record: string) => string): string {
  return text.replace(/<record\b[^>]*>[\s\S]*?<\/record>/g, (record) =>
    record.startsWith('<record') && record.slice(0, record.indexOf('>')).includes(`model="${model}"`)
      ? change(record)
      : record,
  );
}
