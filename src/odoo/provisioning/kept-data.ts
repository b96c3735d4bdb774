import { createReadStream } from 'node:fs';
import { access, open, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Json, OdooClient } from '../odoo.ts';
import { ProvisioningError } from './errors.ts';

/** A table that holds data of the addons: rows that are theirs, columns of theirs in rows of others, or links. */
const KeptTable = z.object({ table: z.string(), kind: z.enum(['own', 'columns', 'links']) });
const KeptTables = z.array(KeptTable);
const Rows = z.array(z.record(z.string(), z.json()));

/** One line of the file: first where it is from, then pages of rows (no table: members of groups), then its end. */
const Line = z.union([
  z.strictObject({ viaduct: z.literal('kept data 1'), database: z.string() }),
  z.strictObject({ table: z.string().nullable(), rows: Rows }),
  z.strictObject({ complete: z.literal(true) }),
]);

/** As many as `procedure_keep` gives at once. */
const PAGE_ROWS = 5_000;

/**
 * To be asked before anything is removed. Rejects with `kept-file` when there is something already, which may be the only
 * copy, and with `odoo-procedure-missing` when the addons in Odoo are too old.
 */
export async function checkCanKeep(admin: OdooClient, path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw unusable(path, 'is there already. Name a file that does not exist yet');
  await keptTables(admin);
}

/**
 * Writes what the addons hold in Odoo into a new file that its owner alone may read, because secrets are in it; returns
 * how many rows. On disk when it resolves; no file is left when it rejects.
 */
export async function keepData(admin: OdooClient, path: string): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  try {
    let count = 0;
    const write = (line: z.infer<typeof Line>) => file.write(`${JSON.stringify(line)}\n`);
    await write({ viaduct: 'kept data 1', database: await databaseId(admin) });
    for await (const { table, rows } of pages(admin)) {
      await write({ table, rows });
      count += rows.length;
    }
    await write({ complete: true });
    await file.sync();
    await file.close();
    return count;
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}

async function* pages(admin: OdooClient) {
  const read = async (payload: Json) => Rows.parse(await admin.procedure('viaduct_base.keep', payload));
  for (const { table, kind } of await keptTables(admin)) {
    for (let after = 0; ; ) {
      const rows = await read({ table, after });
      yield { table, rows };
      if (rows.length < PAGE_ROWS) break;
      after = kind === 'links' ? after + rows.length : z.number().parse(rows.at(-1)?.['id']);
    }
  }
  yield { table: null, rows: await read({}) };
}

/** The content of such a file, on its way back. */
export type KeptData = {
  /** Restores what has a place by now and was not restored yet; returns how many rows. Rows that are there already are left. */
  restore: () => Promise<number>;
};

/** Rejects with `kept-file` when the file is not complete, or not of this database. */
export async function openKeptData(admin: OdooClient, path: string): Promise<KeptData> {
  await checkFile(path, await databaseId(admin));
  const done = new Set<string | null>();
  return {
    async restore() {
      const tables = (await keptTables(admin)).map(({ table }) => table);
      const due = new Set([...tables, null].filter((table) => !done.has(table)));
      let count = 0;
      for await (const line of linesOf(path)) {
        if (!('rows' in line) || !due.has(line.table) || line.rows.length === 0) continue;
        const { table, rows } = line;
        count += z.number().parse(await admin.procedure('viaduct_base.restore', { table, rows }));
      }
      for (const table of due) done.add(table);
      return count;
    },
  };
}

async function checkFile(path: string, database: string): Promise<void> {
  let from: string | null = null;
  let isComplete = false;
  for await (const line of linesOf(path)) {
    if ('database' in line) from = line.database;
    isComplete = 'complete' in line;
  }
  if (from === null || !isComplete)
    throw unusable(path, 'does not hold all that was kept. Take another copy of it');
  if (from === database) return;
  throw unusable(path, `was kept from the database with the id ${from}, but this one has ${database}`);
}

async function* linesOf(path: string) {
  try {
    for await (const text of createInterface({ input: createReadStream(path) }))
      yield Line.parse(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof z.ZodError || cause instanceof SyntaxError) {
      throw unusable(path, 'was not written by `viaduct provision --remove --keep`');
    }
    throw cause;
  }
}

/** None before the addon that knows them is imported. */
async function keptTables(admin: OdooClient): Promise<z.infer<typeof KeptTables>> {
  return KeptTables.parse(await admin.procedure('viaduct_base.kept_tables', {}, { idempotent: true }));
}

async function databaseId(admin: OdooClient): Promise<string> {
  const id = await admin.call('ir.config_parameter', 'get_param', ['database.uuid'], { idempotent: true });
  return z.string().parse(id);
}

/** Never with the text of the file, which has secrets. */
function unusable(path: string, words: string): ProvisioningError {
  return new ProvisioningError({ code: 'kept-file', message: `The file ${path} ${words}.` });
}
