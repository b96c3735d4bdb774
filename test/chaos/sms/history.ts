import { z } from 'zod';
import type { Stack } from '../../../docker/stack.ts';

/** What a user sees of one SMS after one committed transaction. */
export type Shown = { status: string; failureType: string | null; words: string | null };

/** Everything that was ever committed about one SMS, oldest first. */
export type SmsHistory = {
  uuid: string;
  number: string;
  body: string;
  /** Whether it has a notification or a mailing trace; otherwise only Odoo's list of SMS shows it. */
  isTracked: boolean;
  shown: Shown[];
  /** Viaduct's own rank on the tracker. */
  ranks: number[];
};

const WATCHED = [
  { table: 'sms_sms', columns: ['uuid', 'number', 'body', 'state', 'failure_type'], when: 'true' },
  {
    table: 'mail_notification',
    columns: ['notification_status', 'failure_type', 'failure_reason'],
    when: "new.notification_type = 'sms'",
  },
  {
    table: 'mailing_trace',
    columns: ['trace_status', 'failure_type', 'failure_reason'],
    when: "new.trace_type = 'sms'",
  },
  {
    table: 'sms_tracker',
    columns: ['sms_uuid', 'mail_notification_id', 'mailing_trace_id', 'x_viaduct_rank'],
    when: 'true',
  },
] as const;

type Database = { stack: Pick<Stack, 'query'>; database: string };

/** Makes PostgreSQL itself write down every committed change of an SMS: whatever Odoo rolls back leaves nothing. */
export async function keepHistory({ stack, database }: Database): Promise<void> {
  await stack.query(
    database,
    `create table chaos_history (
       seq bigserial primary key,
       tx bigint not null default txid_current(),
       source text not null,
       row_id integer not null,
       data jsonb not null
     )`,
  );
  await stack.query(
    database,
    `create function chaos_note() returns trigger language plpgsql security definer as $$
     begin
       insert into chaos_history (source, row_id, data) values (tg_table_name, new.id, (
         select jsonb_object_agg(key, value) from jsonb_each(to_jsonb(new)) where key = any(tg_argv)
       ));
       return null;
     end $$`,
  );
  for (const { table, columns, when } of WATCHED) {
    const names = columns.map((column) => `'${column}'`).join(', ');
    await stack.query(
      database,
      `create trigger chaos_note after insert or update on ${table}
       for each row when (${when}) execute function chaos_note(${names})`,
    );
  }
}

const Text = z.string().nullish();
const Row = z.object({
  seq: z.number(),
  tx: z.number(),
  source: z.enum(['sms_sms', 'mail_notification', 'mailing_trace', 'sms_tracker']),
  row_id: z.number(),
  data: z.looseObject({
    uuid: Text,
    number: Text,
    body: Text,
    state: Text,
    notification_status: Text,
    trace_status: Text,
    failure_type: Text,
    failure_reason: Text,
    sms_uuid: Text,
    mail_notification_id: z.number().nullish(),
    mailing_trace_id: z.number().nullish(),
    x_viaduct_rank: z.number().nullish(),
  }),
});
type Row = z.infer<typeof Row>;

const PAGE_ROWS = 5_000;

/** Reads the history of all SMS that were ever committed. */
export async function readHistory({ stack, database }: Database): Promise<SmsHistory[]> {
  const rows: Row[] = [];
  for (;;) {
    const after = rows.at(-1)?.seq ?? 0;
    const text = await stack.query(
      database,
      `select row_to_json(h) from chaos_history h where seq > ${after} order by seq limit ${PAGE_ROWS}`,
    );
    const page = text === '' ? [] : text.split('\n').map((line) => Row.parse(JSON.parse(line)));
    rows.push(...page);
    if (page.length < PAGE_ROWS) return assemble(rows);
  }
}

/** Puts the rows of one SMS together: the SMS itself, its tracker, and what the tracker points at. */
function assemble(rows: readonly Row[]): SmsHistory[] {
  const byRow = Map.groupBy(rows, ({ source, row_id }) => `${source},${row_id}`);
  const changesOf = (key: string): Row[] => lastOfTransactions(byRow.get(key) ?? []);
  const trackers = new Map<string, Row[]>();
  const histories: SmsHistory[] = [];
  for (const [key, changes] of byRow) {
    const uuid = changes[0]?.data.sms_uuid;
    if (uuid) trackers.set(uuid, changesOf(key));
  }
  for (const [key, changes] of byRow) {
    const first = changes[0];
    if (first?.source !== 'sms_sms' || !first.data.uuid) continue;
    const tracker = trackers.get(first.data.uuid) ?? [];
    const target = tracker.at(-1)?.data;
    const notification = changesOf(`mail_notification,${target?.mail_notification_id}`);
    const trace = changesOf(`mailing_trace,${target?.mailing_trace_id}`);
    const isTracked = notification.length > 0 || trace.length > 0;
    const last = changes.at(-1) ?? first;
    histories.push({
      uuid: first.data.uuid,
      number: last.data.number ?? '',
      body: last.data.body ?? '',
      isTracked,
      shown: (isTracked ? [...notification, ...trace] : changesOf(key)).map(asShown),
      ranks: tracker.map(({ data }) => data.x_viaduct_rank ?? 0),
    });
  }
  return histories;
}

/** Only what a transaction left behind was ever to be seen. */
function lastOfTransactions(rows: readonly Row[]): Row[] {
  return rows.filter(({ tx }, index) => rows[index + 1]?.tx !== tx);
}

function asShown({ data }: Row): Shown {
  return {
    status: data.notification_status ?? data.trace_status ?? data.state ?? '',
    failureType: data.failure_type || null,
    words: data.failure_reason || null,
  };
}
