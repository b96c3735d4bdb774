import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const HTTP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 15];
const RPC_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * All metrics of Viaduct, in a registry of their own. `processFacts` adds memory, CPU and event loop.
 * What is counted elsewhere for speed is handed over by the functions given to `beforeReading`.
 */
export function createMetrics({ processFacts = false }: { processFacts?: boolean } = {}) {
  const registry = new Registry();
  if (processFacts) collectDefaultMetrics({ register: registry });
  const readers = new Set<() => void>();
  const beforeReading = (handOver: () => void) => void readers.add(handOver);
  const collect = () => {
    for (const handOver of readers) handOver();
  };
  return { registry, beforeReading, ...httpAndJournal(registry, collect), ...smsAndOdoo(registry) };
}

function httpAndJournal(registry: Registry, collect: () => void) {
  const registers = [registry];
  return {
    httpRequests: new Counter({
      name: 'viaduct_http_requests_total',
      help: 'Requests answered, by route and status.',
      labelNames: ['method', 'route', 'status'],
      registers,
      collect,
    }),
    httpSeconds: new Histogram({
      name: 'viaduct_http_request_seconds',
      help: 'Time from the request’s head to its answer, by route.',
      labelNames: ['route'],
      buckets: HTTP_SECONDS,
      registers,
    }),
    journalAppends: new Counter({
      name: 'viaduct_journal_appends_total',
      help: 'Entries appended, by queue and whether they were new or a duplicate.',
      labelNames: ['queue', 'outcome'],
      registers,
    }),
    journalCommits: new Counter({
      name: 'viaduct_journal_commits_total',
      help: 'Transactions of the journal that reached the disk.',
      registers,
    }),
    journalEntries: new Gauge({
      name: 'viaduct_journal_entries',
      help: 'Unfinished and dead entries, by database, queue and state.',
      labelNames: ['database', 'queue', 'state'],
      registers,
    }),
    journalOldestSeconds: new Gauge({
      name: 'viaduct_journal_oldest_seconds',
      help: 'Age of the oldest unfinished entry, by database and queue.',
      labelNames: ['database', 'queue'],
      registers,
    }),
    journalBytes: new Gauge({
      name: 'viaduct_journal_bytes',
      help: 'Size of the journal.',
      registers,
    }),
  };
}

function smsAndOdoo(registry: Registry) {
  const registers = [registry];
  return {
    smsMessages: new Counter({
      name: 'viaduct_sms_messages_total',
      help: 'Messages by database and what became of them: taken, sent, refused, dropped (never committed in Odoo), unknown, queued-again (had not reached Viaduct); of inbound ones: received, stranger (of no contact).',
      labelNames: ['database', 'outcome'],
      registers,
    }),
    smsReports: new Counter({
      name: 'viaduct_sms_reports_total',
      help: 'Delivery reports by the provider’s status, inbound SMS, events ignored, and those refused.',
      labelNames: ['status'],
      registers,
    }),
    events: new Counter({
      name: 'viaduct_events_total',
      help: 'Events by database and what became of them: drained out of Odoo, received from another Odoo.',
      labelNames: ['database', 'outcome'],
      registers,
    }),
    eventDeliveries: new Counter({
      name: 'viaduct_event_deliveries_total',
      help: 'Attempts to deliver a webhook, by database and outcome: delivered, or the class of the error.',
      labelNames: ['database', 'outcome'],
      registers,
    }),
    eventDeliverySeconds: new Histogram({
      name: 'viaduct_event_delivery_seconds',
      help: 'Duration of an attempt to deliver a webhook, by database.',
      labelNames: ['database'],
      buckets: RPC_SECONDS,
      registers,
    }),
    odooCalls: new Counter({
      name: 'viaduct_odoo_calls_total',
      help: 'Calls to Odoo by database and outcome: ok or the code of the error.',
      labelNames: ['database', 'outcome'],
      registers,
    }),
    odooCallSeconds: new Histogram({
      name: 'viaduct_odoo_call_seconds',
      help: 'Duration of the calls to Odoo, by database.',
      labelNames: ['database'],
      buckets: RPC_SECONDS,
      registers,
    }),
    odooBreakerOpen: new Gauge({
      name: 'viaduct_odoo_breaker_open',
      help: '1 while Odoo counts as down and is only probed.',
      labelNames: ['database'],
      registers,
    }),
    bellConnected: new Gauge({
      name: 'viaduct_bell_connected',
      help: '1 while the websocket to Odoo’s bus is open; otherwise the outbox is polled.',
      labelNames: ['database'],
      registers,
    }),
    outboxListening: new Gauge({
      name: 'viaduct_outbox_listening',
      help: '1 while PostgreSQL itself tells of events, as ODOO_POSTGRES_URL asks for; 0 while Odoo’s bus rings instead.',
      labelNames: ['database'],
      registers,
    }),
    guardHeld: new Gauge({
      name: 'viaduct_guard_held',
      help: '1 while traffic is held because the database looks like a copy, until an administrator confirms it.',
      labelNames: ['database'],
      registers,
    }),
  };
}

/** The metrics as a table for the README, those of the process left out. */
export async function metricsTable(metrics: Metrics = createMetrics()): Promise<string> {
  const declared = await metrics.registry.getMetricsAsJSON();
  const rows = declared.map(({ name, type, help }) => `| \`${name}\` | ${type} | ${help} |`);
  return ['| name | kind | what it says |', '|---|---|---|', ...rows].join('\n');
}
