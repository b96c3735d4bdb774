import type { Mutant } from './mutant.ts';

const DROP_IN = 'src/records/drop-in/routes.test.ts';
const FAN_OUT = 'src/events/outbox/fan-out.test.ts';
const EMPLOYEE = {
  file: 'test/integration/records-endpoints.test.ts',
  name: 'an employee reaches nothing of it',
} as const;
const RIGHTS = 'addon-manifests/viaduct_records/security/ir.model.access.csv';

/** What modules that give Odoo’s records to other systems, and send them out, are known to get wrong. */
export const RECORD_MUTANTS: readonly Mutant[] = [
  {
    id: 'B1',
    weakness: 'A deletion whose domain is empty, or left out beside ids, takes every record there is.',
    test: { file: DROP_IN, name: 'are not chosen by %s' },
    change: {
      file: 'src/records/scope/scope.ts',
      from: 'if (meansAll(domain)) {',
      to: "if (meansAll(domain) && model === '') {",
    },
    does: 'a domain that means everything is taken',
  },
  {
    id: 'B2',
    weakness: 'Where nobody chose a record, all of the table are sent out.',
    test: { file: FAN_OUT, name: 'sends nothing where a person chose nothing' },
    change: {
      file: 'src/events/outbox/wanted.ts',
      from: "event.kind === 'manual' ? event.ids",
      to: "event.kind === 'manual' && event.ids.length > 0 ? event.ids",
    },
    does: 'an empty choice is not taken for one',
  },
  {
    id: 'B3',
    weakness: 'A date in an answer cannot be written into the log, and the caller gets an error for it.',
    test: { file: 'src/records/log/redact.test.ts', name: 'writes nothing of nothing, and never throws' },
    change: { file: 'src/records/log/redact.ts', from: "typeof value === 'bigint' || ", to: '' },
    does: 'a value that JSON does not know throws',
  },
  {
    id: 'B4',
    weakness: 'A payload that cannot be built, as for a date in it, takes the user’s own save back.',
    test: { file: FAN_OUT, name: 'holds up nobody, and gets its event later' },
    change: {
      file: 'src/events/outbox/wanted.ts',
      from: 'if (!(error instanceof ViaductError)) throw error;',
      to: 'throw error;',
    },
    does: 'one payload that cannot be built stops the whole batch',
  },
  {
    id: 'B5',
    weakness: 'What Odoo refuses reaches the caller as an error page, and the log not at all.',
    test: { file: DROP_IN, name: 'as %s is told in its words' },
    change: {
      file: 'src/records/drop-in/refusal.ts',
      from: 'if (error instanceof OdooError) return refusalOfOdoo(error);',
      to: '',
    },
    does: 'Odoo’s refusals are errors like any other',
  },
  {
    id: 'B6',
    weakness: 'A body of another shape (a list, a limit as text) ends in an error 500, or is used as it is.',
    test: { file: DROP_IN, name: 'that %s is a clear 400' },
    change: {
      file: 'src/records/drop-in/request.ts',
      from: 'limit: Count.or(nothing).optional(),',
      to: 'limit: z.any(),',
    },
    does: 'a limit may be anything',
  },
  {
    id: 'B7',
    weakness: 'An answer has as many records as there are.',
    test: {
      file: 'src/records/operations/search.test.ts',
      name: 'never asks for more than the endpoint gives',
    },
    change: {
      file: 'src/records/operations/search.ts',
      from: 'Math.min(request.limit ?? USUAL_LIMIT, maxRecords)',
      to: 'request.limit ?? USUAL_LIMIT',
    },
    does: 'the endpoint’s limit is not looked at',
  },
  {
    id: 'B8',
    weakness: 'Every employee may edit endpoints, and so act as whom he likes.',
    test: EMPLOYEE,
    change: {
      file: RIGHTS,
      from: 'model_x_viaduct_endpoint,viaduct_base.group_administrator',
      to: 'model_x_viaduct_endpoint,base.group_user',
    },
    does: 'employees may read and write endpoints',
  },
  {
    id: 'B9',
    weakness: 'A shell of the server can be had over HTTP.',
    test: {
      file: 'src/records/routes.test.ts',
      name: 'the doors are for records, files and their description; none is a shell or runs code',
    },
    change: {
      file: 'src/records/routes.ts',
      from: 'return DOORS.flatMap((open) => open(parts));',
      to: "return [...DOORS.flatMap((open) => open(parts)), { method: 'POST', path: '/terminal/input/:id', rateLimit, handle: (c) => c.text('') }];",
    },
    does: 'there is an address for the input of a terminal',
  },
  {
    id: 'B10',
    weakness: 'Code that a setting or a caller brings is run, with all that the process can do.',
    test: {
      file: 'src/events/payload/nasty.test.ts',
      name: 'names of what every object has lead nowhere',
    },
    change: {
      file: 'src/events/payload/template.ts',
      from: 'const value = lookup(segments(words));',
      to: "const value = lookup(segments(words)) ?? new Function('return ' + words)();",
    },
    does: 'a placeholder that leads nowhere is evaluated',
  },
  {
    id: 'B11',
    weakness: 'The caller is shown where in the code it broke, and why.',
    test: {
      file: 'src/http/server.test.ts',
      name: 'tell code, words and request id, and never a stack or unknown words',
    },
    change: {
      file: 'src/http/problem.ts',
      from: "detail: 'Viaduct could not answer this request. Its log has the reason under the request id.',",
      to: 'detail: error instanceof Error ? String(error.stack) : String(error),',
    },
    does: 'an unknown error is told with its stack',
  },
  {
    id: 'B12',
    weakness: 'Keys and passwords of a call can be read in its log.',
    test: {
      file: 'src/records/log/redact.test.ts',
      name: 'leaves out what is named as a secret, wherever it stands',
    },
    change: {
      file: 'src/records/log/redact.ts',
      from: 'const isSecret = SECRET_NAME.test(name) && !isContainer(part);',
      to: 'const isSecret = false;',
    },
    does: 'names of fields are not looked at',
  },
  {
    id: 'B13',
    weakness: 'The server’s log repeats headers with their keys, and bodies.',
    test: { file: 'src/log.test.ts', name: 'hides %s on every level and in children' },
    change: {
      file: 'src/redaction.ts',
      from: '[...SECRET_KEYS, ...NUMBER_KEYS].flatMap',
      to: '[...NUMBER_KEYS].flatMap',
    },
    does: 'only telephone numbers are left out',
  },
  {
    id: 'B14',
    weakness: 'What could not be passed on at once is lost: there is no queue and no second attempt.',
    test: {
      file: 'src/events/outbox/drain.test.ts',
      name: 'leaves everything in Odoo while the journal takes nothing',
    },
    change: {
      file: 'src/events/outbox/drain.ts',
      from: 'await journal.append(page.events.map(entryOf));',
      to: 'await journal.append(page.events.map(entryOf)).catch(() => []);',
    },
    does: 'an event leaves the outbox though nothing has kept it',
  },
  {
    id: 'B15',
    weakness: 'An answer of 404 or 500 counts as delivered.',
    test: {
      file: 'src/events/delivery/decide.test.ts',
      name: 'the status %i is tried again by the schedule',
    },
    change: {
      file: 'src/events/delivery/attempt.ts',
      from: 'if (status >= 200 && status < 300) return null;',
      to: 'if (status >= 200) return null;',
    },
    does: 'every answer says that the delivery was taken',
  },
  {
    id: 'B16',
    weakness:
      'Each sending writes its result by itself, all into one place, where they wait for one another.',
    test: {
      file: 'src/events/log/log-jobs.test.ts',
      name: 'what became of many attempts is written in one call, each delivery once',
    },
    change: {
      file: 'src/events/log/log-jobs.ts',
      from: 'deliveries.set(line.key, known',
      to: 'deliveries.set(String(deliveries.size), known',
    },
    does: 'each attempt is a writing of its own',
  },
  {
    id: 'B17',
    weakness: 'Of several chosen records the first one is sent.',
    test: { file: FAN_OUT, name: 'sends what a person chose to the one he chose, as one delivery' },
    change: {
      file: 'src/events/outbox/wanted.ts',
      from: "event.kind === 'manual' ? event.ids :",
      to: "event.kind === 'manual' ? event.ids.slice(0, 1) :",
    },
    does: 'Odoo is asked of the first one',
  },
  {
    id: 'B18',
    weakness: 'A GET goes out without any of the payload, its variables as they were written.',
    test: {
      file: 'src/events/delivery/send.test.ts',
      name: 'goes out as %s without one, its URL filled from it',
    },
    change: {
      file: 'src/events/delivery/compose-request.ts',
      from: 'url: fillUrl(destination.url, delivery.body),',
      to: 'url: new URL(destination.url),',
    },
    does: 'the URL is not filled',
  },
  {
    id: 'B19',
    weakness: 'Whose rights decide what is sent depends on how it is sent.',
    test: { file: FAN_OUT, name: 'delivers nothing that the reader may not see' },
    change: {
      file: 'src/events/outbox/fan-out.ts',
      from: '.filter(({ n }) => matched.has(n))',
      to: '.filter(({ n }) => matched.has(n) || n >= 0)',
    },
    does: 'records go out that Odoo did not answer for',
  },
  {
    id: 'B20',
    weakness: 'Nothing vouches for the id and the time of a request, so that it can be played again.',
    test: { file: 'src/events/delivery/sign.test.ts', name: 'verify, whatever the body is' },
    change: {
      file: 'src/events/delivery/sign.ts',
      from: "update(content).digest('base64')",
      to: "update(body).digest('base64')",
    },
    does: 'the signature covers neither id nor time',
  },
  {
    id: 'B21',
    weakness: 'A caller may ask as often as he likes.',
    test: {
      file: 'src/records/endpoints/door.test.ts',
      name: 'an endpoint takes no more calls a minute than it allows',
    },
    change: {
      file: 'src/records/endpoints/door.ts',
      from: 'const waitMs = database.spend(endpoint);',
      to: 'const waitMs: number | null = null;',
    },
    does: 'calls are not counted',
  },
  {
    id: 'B22',
    weakness: 'Each call may open another connection to the database, until there are none left.',
    test: {
      file: 'src/records/endpoints/acting.test.ts',
      name: 'no more than 64 connections are open; the one used least recently makes place',
    },
    change: {
      file: 'src/records/endpoints/acting.ts',
      from: 'if (held.size > MOST_CONNECTIONS && oldest !== undefined)',
      to: 'if (held.size < 0 && oldest !== undefined)',
    },
    does: 'connections are not counted',
  },
  {
    id: 'B23',
    weakness: 'A body that is no JSON is mended by guessing, and its texts are changed by that.',
    test: { file: DROP_IN, name: 'that %s is a clear 400' },
    change: {
      file: 'src/records/drop-in/routes.ts',
      from: 'return parseJson(bytes, MOST_VALUES);',
      to: `return parseJson(Buffer.from(bytes.toString('utf8').replaceAll("'", '"')), MOST_VALUES);`,
    },
    does: 'single quotes are taken for double ones',
  },
  {
    id: 'B24',
    weakness: 'A method that is documented is refused.',
    test: {
      file: DROP_IN,
      name: 'are searched with nested fields in one call, by both names of the method',
    },
    change: {
      file: 'src/records/drop-in/request.ts',
      from: "  'search',\n  'search_advanced',\n  'read',\n",
      to: "  'search',\n  'read',\n",
    },
    does: 'search_advanced is no method',
  },
  {
    id: 'B25',
    weakness: 'One hidden record takes all nested fields along, and nobody is told.',
    test: {
      file: 'src/records/operations/search.test.ts',
      name: 'reads level by level where a record that another leads to is hidden',
    },
    change: {
      file: 'src/records/operations/reading.ts',
      from: 'return await byLevels(model, spec, asked, context);',
      to: 'return await ask(model, Object.fromEntries(Object.keys(spec).map((field) => [field, {}])), asked, context);',
    },
    does: 'what could not be read nested is read flat',
  },
  {
    id: 'B26',
    weakness: 'Fields that Odoo computes by itself are named as missing.',
    test: { file: DROP_IN, name: 'tell which fields are still missing' },
    change: {
      file: 'src/records/drop-in/schema.ts',
      from: 'return related === null ? store && depends.length === 0 : true;',
      to: 'return true;',
    },
    does: 'how a field gets its value is not looked at',
  },
  {
    id: 'B27',
    weakness: 'A new key ends the old one at once, and every caller with it.',
    test: { file: 'src/records/endpoints/find-endpoint.test.ts', name: 'takes two keys, each until its end' },
    change: {
      file: 'src/records/endpoints/find-endpoint.ts',
      from: 'endpoint.keys.flatMap(',
      to: 'endpoint.keys.slice(0, 1).flatMap(',
    },
    does: 'only the newest key counts',
  },
  {
    id: 'B28',
    weakness: 'Every employee can have the log of calls deleted.',
    test: EMPLOYEE,
    change: {
      file: RIGHTS,
      from: 'model_x_viaduct_call,viaduct_base.group_administrator',
      to: 'model_x_viaduct_call,base.group_user',
    },
    does: 'employees may read and delete calls',
  },
  {
    id: 'B29',
    weakness: 'The workflow that comes along names a model that Odoo has dropped.',
    test: { file: 'test/integration/records-packs.test.ts', name: '%s does so in Odoo' },
    change: {
      file: 'src/records/packs/n8n/odoo-records.json',
      from: '\\"model\\": \\"discuss.channel\\"',
      to: '\\"model\\": \\"mail.channel\\"',
    },
    does: 'a channel is looked for in the old model',
  },
  {
    id: 'B30',
    weakness: 'Verbs without a body are offered and always refused.',
    test: { file: DROP_IN, name: 'may be left out: then the query is read, as far as nothing changes' },
    change: {
      file: 'src/records/drop-in/routes.ts',
      from: 'bytes.length === 0 ? bodyOfQuery(c.req.query()) : jsonOf(bytes)',
      to: 'jsonOf(bytes)',
    },
    does: 'the query is not read',
  },
  {
    id: 'B31',
    weakness: 'There are no tests, and nothing notices.',
    test: { file: 'test/checks/ci.test.ts', name: 'a run that %s fails, though npm test succeeded' },
    change: { file: '.ci/run', from: ' || [ "$passed" -eq 0 ]', to: '' },
    does: 'a run without a test passes',
  },
];
