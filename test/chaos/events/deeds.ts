/** What one transaction may do to `contacts`. The texts are names of contacts: `texts[0]` and so on. */
const CODE = {
  twice: `
contacts.write({'name': texts[0]})
contacts.flush_recordset()
contacts.write({'name': texts[1]})`,
  slowly: `
contacts.write({'name': texts[0]})
contacts.flush_recordset()
env.cr.execute('select pg_sleep(1.5)')`,
  rolledBack: `
contacts.write({'name': texts[0]})
contacts.flush_recordset()
raise UserError('Rolled back on purpose.')`,
  partly: `
contacts.write({'name': texts[0]})
savepoint = env.cr.savepoint()
contacts.write({'name': texts[1]})
contacts.flush_recordset()
savepoint.close(rollback=True)`,
  backAndOn: `
savepoint = env.cr.savepoint()
contacts.write({'name': texts[0]})
contacts.flush_recordset()
savepoint.close(rollback=True)
contacts.write({'name': texts[1]})`,
  born: `
made = contacts.create({'name': texts[0]})
made.flush_recordset()
made.write({'name': texts[1]})`,
  neverBorn: `
made = contacts.create({'name': texts[0]})
made.flush_recordset()
made.unlink()`,
  lastWords: `
contacts.write({'name': texts[0]})
contacts.unlink()`,
} as const;

export type Deed = keyof typeof CODE;

const HEAD = `
chaos = env.context['chaos']
texts = chaos['texts']
contacts = env['res.partner'].with_context(chaos=False).browse(chaos['ids'])`;

/** The code of a server action in which one call does this in one transaction. */
export function codeOf(deed: Deed): string {
  return `${HEAD}${CODE[deed]}`;
}
