import { z } from 'zod';
import type { Stack } from '../../../docker/stack.ts';

/** What one committed transaction did to one contact of the run. */
export type Change = {
  recordId: number;
  kind: 'created' | 'updated' | 'deleted';
  /** The name at the end of the transaction, or at the deletion: no two calls of the load give the same. */
  value: string;
};

/** One row change as PostgreSQL noted it: a transaction may have several. */
export const NotedRow = z.object({
  tx: z.number(),
  record_id: z.number(),
  op: z.enum(['INSERT', 'UPDATE', 'DELETE']),
  value: z.string(),
});
export type NotedRow = z.infer<typeof NotedRow>;

/** How the names of all contacts of the run begin; PostgreSQL looks at no others. */
export const MARK = 'Chaos ';

type Database = { stack: Pick<Stack, 'query'>; database: string };

/** Makes PostgreSQL itself write down every committed change of a contact: whatever Odoo rolls back leaves nothing. */
export async function keepTruth({ stack, database }: Database): Promise<void> {
  await stack.query(
    database,
    `create table chaos_truth (
       seq bigserial primary key,
       tx bigint not null default txid_current(),
       record_id integer not null,
       op text not null,
       value text not null
     )`,
  );
  await stack.query(
    database,
    `create function chaos_note() returns trigger language plpgsql security definer as $$
     declare now_or_last res_partner;
     begin
       now_or_last := case when tg_op = 'DELETE' then old else new end;
       if now_or_last.name like '${MARK}%' then
         insert into chaos_truth (record_id, op, value) values (now_or_last.id, tg_op, now_or_last.name);
       end if;
       return null;
     end $$`,
  );
  await stack.query(
    database,
    `create trigger chaos_note after insert or update or delete on res_partner
     for each row execute function chaos_note()`,
  );
}

const PAGE_ROWS = 5_000;

/** Reads all that was ever committed, each contact's changes in the order of their commits. */
export async function readTruth({ stack, database }: Database): Promise<Change[]> {
  const Row = NotedRow.extend({ seq: z.number() });
  const rows: z.infer<typeof Row>[] = [];
  for (;;) {
    const text = await stack.query(
      database,
      `select row_to_json(t) from chaos_truth t where seq > ${rows.at(-1)?.seq ?? 0}
       order by seq limit ${PAGE_ROWS}`,
    );
    const page = text === '' ? [] : text.split('\n').map((line) => Row.parse(JSON.parse(line)));
    rows.push(...page);
    if (page.length < PAGE_ROWS) return changesOf(rows);
  }
}

/**
 * Puts together what one transaction did to a contact, and leaves out what came to nothing. In the order of the rows: whoever
 * changes a row holds its lock until his commit, so that one contact's rows are noted in the order of the commits.
 */
export function changesOf(rows: readonly NotedRow[]): Change[] {
  const changes: Change[] = [];
  const lastOf = new Map<number, string>();
  const transactions = Map.groupBy(rows, ({ tx, record_id }) => `${tx},${record_id}`);
  for (const [first, ...others] of transactions.values()) {
    if (first === undefined) continue;
    const { record_id: recordId, op } = first;
    const last = others.at(-1) ?? first;
    const isNew = op === 'INSERT';
    const isGone = last.op === 'DELETE';
    if (isNew && isGone) continue;
    if (!isNew && !isGone && lastOf.get(recordId) === last.value) continue;
    lastOf.set(recordId, last.value);
    const kind = isNew ? 'created' : isGone ? 'deleted' : 'updated';
    changes.push({ recordId, kind, value: last.value });
  }
  return changes;
}
