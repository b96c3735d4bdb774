import { RecordsError } from '../scope/records-error.ts';
import { isSet, operation, type V1Operation } from './operation.ts';
import { queryFields, queryJson } from './query-json.ts';
import {
  AggregateAnswer,
  AggregateBody,
  ContextQuery,
  CountAnswer,
  CountBody,
  DefaultsAnswer,
  DefaultsBody,
  FieldsAnswer,
  FieldsBody,
  ReadQuery,
  RecordAnswer,
  SearchAnswer,
  SearchBody,
  SearchQuery,
} from './schemas.ts';

const MODEL = '/v1/records/:model';
/** Odoo tells write dates by the second: one that is young, by clocks that differ a little, may be followed by another of that second. */
const YOUNG_MS = 10_000;

/** The operations that change nothing. */
export const READING_OPERATIONS: readonly V1Operation[] = [
  operation({
    ...{
      id: 'listRecords',
      method: 'GET',
      path: MODEL,
      summary: 'Search records',
      query: SearchQuery,
      body: null,
    },
    description: 'As the search by POST, for callers that can only send an address.',
    answer: SearchAnswer,
    async run({ records, model, query }) {
      const { ids, ...found } = await records.search({
        ...{ model, domain: queryJson('domain', query.domain), fields: queryFields(query.fields) },
        ...{ order: query.order, limit: numberOf(query.limit), offset: numberOf(query.offset) },
        ...{
          cursor: query.cursor,
          withTotal: isSet(query.total),
          context: queryJson('context', query.context),
        },
      });
      return { status: 200, body: found, records: ids.length };
    },
  }),
  operation({
    ...{
      id: 'searchRecords',
      method: 'POST',
      path: `${MODEL}/search`,
      summary: 'Search records',
      query: ContextQuery,
    },
    description:
      'One page of records with the fields that are named, relations included, and the cursor of the next page.',
    ...{ body: SearchBody, answer: SearchAnswer },
    async run({ records, model, body: { total, ...body } }) {
      const { ids, ...found } = await records.search({ model, ...body, withTotal: total });
      return { status: 200, body: found, records: ids.length };
    },
  }),
  operation({
    ...{
      id: 'readRecord',
      method: 'GET',
      path: `${MODEL}/:id`,
      summary: 'Read a record',
      query: ReadQuery,
      body: null,
    },
    description: 'The ETag of the answer is for If-Match, where the endpoint may read `write_date`.',
    answer: RecordAnswer,
    async run({ records, scope, model, id, query, nowMs }) {
      const fields = queryFields(query.fields) ?? [];
      const isDated = scope.meta(model, 'write_date') !== undefined;
      const wanted =
        Array.isArray(fields) && fields.length === 0 ? usual(scope.meta(model, 'display_name')) : fields;
      const spec = isDated && Array.isArray(wanted) ? [...wanted, 'write_date'] : wanted;
      const context = queryJson('context', query.context) ?? null;
      const read = async () => {
        const [record] = await records.read({ model, ids: [id], fields: spec, context });
        if (record === undefined) throw missing(model, id);
        return record;
      };
      let record = await read();
      let tag = record['write_date'];
      if (typeof tag === 'string' && nowMs() - Date.parse(tag) < YOUNG_MS) {
        // First the tag: where the record is changed in between, it is too old rather than too new.
        tag = (await records.writtenAt({ model, id })) ?? tag;
        record = await read();
      }
      const { write_date: _, ...others } = record;
      const isAsked = Array.isArray(wanted) && wanted.includes('write_date');
      const headers = typeof tag === 'string' ? { etag: `"${tag}"` } : {};
      return { status: 200, body: isAsked ? record : others, headers, records: 1 };
    },
  }),
  operation({
    ...{
      id: 'countRecords',
      method: 'POST',
      path: `${MODEL}/count`,
      summary: 'Count records',
      query: ContextQuery,
    },
    ...{ body: CountBody, answer: CountAnswer },
    async run({ records, model, body: { domain, context } }) {
      return {
        status: 200,
        body: { count: await records.count({ model, domain: domain ?? [], context: context ?? null }) },
      };
    },
  }),
  operation({
    ...{
      id: 'aggregateRecords',
      method: 'POST',
      path: `${MODEL}/aggregate`,
      summary: 'Group records',
      query: ContextQuery,
    },
    description: 'Groups by fields and parts of dates, with counts, sums and the like.',
    ...{ body: AggregateBody, answer: AggregateAnswer },
    async run({ records, model, body }) {
      const groups = await records.aggregate({ model, ...body });
      return { status: 200, body: { groups }, records: groups.length };
    },
  }),
  operation({
    ...{
      id: 'describeFields',
      method: 'POST',
      path: `${MODEL}/fields`,
      summary: 'Describe fields',
      query: ContextQuery,
    },
    description:
      'Type, label, choices and the like of the fields that the endpoint has and its user may see.',
    ...{ body: FieldsBody, answer: FieldsAnswer },
    async run({ records, model, body: { context } }) {
      return { status: 200, body: { fields: await records.fieldsOf({ model, context: context ?? null }) } };
    },
  }),
  operation({
    ...{
      id: 'defaultValues',
      method: 'POST',
      path: `${MODEL}/defaults`,
      summary: 'Tell default values',
      query: ContextQuery,
    },
    description: 'What a new record begins with.',
    ...{ body: DefaultsBody, answer: DefaultsAnswer },
    async run({ records, model, body: { fields, context } }) {
      const asked = { model, context: context ?? null, ...(fields === undefined ? {} : { fields }) };
      return { status: 200, body: { values: await records.defaults(asked) } };
    },
  }),
];

function usual(displayName: object | undefined): string[] {
  return displayName === undefined ? [] : ['display_name'];
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function missing(model: string, id: number): RecordsError {
  const message = `There is no record ${id} of ${model}, or the user of this endpoint may not see it.`;
  return new RecordsError({ code: 'record-missing', message, model });
}
