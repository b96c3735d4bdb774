import { z } from 'zod';
import type { Json } from '../../odoo/index.ts';

/** Anything JSON can carry; what it has to be is judged by the endpoint's scope. */
const any = (description: string, ...examples: Json[]) => z.custom<Json>().meta({ description, examples });

export const Domain = any(
  'Odoo’s way to choose records: a list of conditions. Every field in it must be readable through the endpoint.',
  [['email', '=', 'client@example.com']],
);
export const Fields = any(
  'Names (`name`), paths (`partner_id.name`) and objects for relations (`{"order_line": ["name"]}`); the id and the display name where nothing is said.',
  ['name', { partner_id: ['name', { country_id: ['code'] }] }],
);
export const Context = any('`lang`, `tz`, `active_test` and `allowed_company_ids`; nothing else is taken.', {
  lang: 'fr_FR',
});
export const Values = any(
  'Values by field. A record is its id or `{"id": 5}`; several are a list of ids, or Odoo’s commands.',
  {
    name: 'Azur Interior',
    country_id: { id: 75 },
  },
);
export const Order = z
  .string()
  .max(500)
  .meta({ description: 'As `name desc`; by id where nothing is said.', examples: ['date_order desc'] });
export const Limit = z
  .int()
  .min(1)
  .max(100_000)
  .meta({ description: 'At most the endpoint’s own limit; 100 where nothing is said.' });
export const Offset = z
  .int()
  .min(0)
  .max(10_000_000)
  .meta({ description: 'Records to pass over. A cursor is faster, and loses none.' });
const Cursor = z.string().max(8_000).meta({ description: '`next` of the page before.' });
const Total = z.boolean().meta({ description: 'Count all records of the search too.' });
const DryRun = z.boolean().meta({ description: 'Do everything, tell the result, and take it back.' });

export const Selector = any(
  'Which records: `{"ids": [5, 6]}`, or `{"domain": […]}`; one that means every record needs `"all": true`.',
  { ids: [5, 6] },
);
const IfMatch = z.record(z.string().regex(/^\d+$/), z.string().max(40)).meta({
  description: 'By id, the write date that the record must still have.',
  examples: [{ '5': '2026-01-22T10:00:00Z' }],
});

export const SearchBody = z.strictObject({
  domain: Domain.optional(),
  fields: Fields.optional(),
  ...{
    order: Order.optional(),
    limit: Limit.optional(),
    offset: Offset.optional(),
    cursor: Cursor.optional(),
  },
  total: Total.optional(),
  context: Context.optional(),
});
export const CountBody = z.strictObject({ domain: Domain.optional(), context: Context.optional() });
export const AggregateBody = z.strictObject({
  domain: Domain.optional(),
  groupBy: z.array(z.string().max(200)).meta({ examples: [['partner_id', 'date_order:month']] }),
  aggregates: z
    .array(z.string().max(200))
    .meta({ examples: [['__count', 'amount_total:sum']] })
    .optional(),
  ...{
    order: Order.optional(),
    limit: Limit.optional(),
    offset: Offset.optional(),
    context: Context.optional(),
  },
});
export const FieldsBody = z.strictObject({ context: Context.optional() });
export const DefaultsBody = z.strictObject({
  fields: z.array(z.string().max(200)).optional(),
  context: Context.optional(),
});
export const CreateBody = z.custom<Json>().meta({
  description: 'The values of one record, or a list of them.',
  examples: [{ name: 'Azur Interior', email: 'azur@example.com' }],
});
export const WriteManyBody = z.strictObject({
  selector: Selector.optional(),
  values: Values,
  ifMatch: IfMatch.optional(),
  context: Context.optional(),
});
export const DeleteManyBody = z.strictObject({
  selector: Selector.optional(),
  ifMatch: IfMatch.optional(),
  context: Context.optional(),
});
export const UpsertBody = z.strictObject({
  key: any('One to five fields by which a record is found.', ['ref']),
  values: any('The values of each record, the fields of the key among them.', [{ ref: 'A1', name: 'Azur' }]),
  context: Context.optional(),
});
export const CallBody = z.strictObject({
  ids: any('The records it is called on; none for a method of the model.', [5]).optional(),
  args: any('Arguments by position.', []).optional(),
  kwargs: any('Arguments by name.', { body: 'Bonjour' }).optional(),
  context: Context.optional(),
});
export const ActionBody = z.strictObject({ ids: CallBody.shape.ids, context: Context.optional() });

const Model = z.string().max(100);
const Operation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('create'), model: Model, values: CreateBody }),
  z.strictObject({
    op: z.literal('write'),
    model: Model,
    selector: Selector.optional(),
    values: Values,
    ifMatch: IfMatch.optional(),
  }),
  z.strictObject({
    op: z.literal('unlink'),
    model: Model,
    selector: Selector.optional(),
    ifMatch: IfMatch.optional(),
  }),
  z.strictObject({
    op: z.literal('upsert'),
    model: Model,
    key: UpsertBody.shape.key,
    values: UpsertBody.shape.values,
  }),
  z.strictObject({
    op: z.literal('read'),
    model: Model,
    ids: any('The records.', { $ref: '0.ids' }),
    fields: Fields,
  }),
]);
export const BatchBody = z.strictObject({
  operations: z.array(Operation).meta({
    description:
      'At most 100; all of them happen or none. `{"$ref": "0.id"}` stands for what operation 0 gave.',
  }),
  dryRun: DryRun.optional(),
  context: Context.optional(),
});

export const RecordAnswer = z.record(z.string(), z.custom<Json>()).meta({
  description:
    'A record. Empty is null, moments are ISO 8601 in UTC, a relation is `{"id": 5}`, several are ids, or objects where fields were named.',
  examples: [{ id: 5, name: 'Azur Interior', country_id: { id: 75 } }],
});
export const SearchAnswer = z.object({
  records: z.array(RecordAnswer),
  hasMore: z.boolean(),
  next: z.string().nullable().meta({ description: 'The cursor of the next page.' }),
  whyNoCursor: z.string().optional().meta({ description: 'Why there are more records and no cursor.' }),
  total: z.int().optional(),
});
export const ChangeAnswer = z.object({
  ids: z.array(z.int()).meta({ description: 'In the order asked.' }),
  created: z.array(z.boolean()).optional().meta({ description: 'Of an upsert: which of them are new.' }),
  records: z.array(RecordAnswer).optional(),
  dryRun: z.boolean().optional(),
});
export const BatchAnswer = z.object({ results: z.array(ChangeAnswer), dryRun: z.boolean().optional() });
export const CountAnswer = z.object({ count: z.int() });
export const AggregateAnswer = z.object({ groups: z.array(RecordAnswer) });
export const FieldsAnswer = z.object({
  fields: z.record(z.string(), z.record(z.string(), z.custom<Json>())),
});
export const DefaultsAnswer = z.object({ values: RecordAnswer });
export const CallAnswer = z.object({
  result: z.custom<Json>().meta({ description: 'What the method gave.' }),
});
export const ProblemAnswer = z.object({
  ...{
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
  },
  model: z.string().optional(),
  field: z.string().optional(),
  odoo: z.string().optional().meta({ description: 'Odoo’s own words.' }),
});

/** Query parameters, as texts. */
const json = (schema: z.ZodType<Json>) =>
  z
    .string()
    .max(100_000)
    .meta({ description: `JSON. ${schema.meta()?.description ?? ''}`, examples: [] });
const flag = (schema: z.ZodType) =>
  z.enum(['1', 'true', '0', 'false']).meta({ description: schema.meta()?.description ?? '' });
export const ContextQuery = z.strictObject({ context: json(Context).optional() });
export const ChangeQuery = ContextQuery.extend({ dryRun: flag(DryRun).optional() });
export const ReadQuery = ContextQuery.extend({
  fields: z
    .string()
    .max(20_000)
    .meta({
      description: 'Names and paths behind commas (`name,partner_id.name`), or JSON.',
      examples: ['name,country_id.code'],
    })
    .optional(),
});
export const SearchQuery = ReadQuery.extend({
  domain: json(Domain).optional(),
  order: Order.optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,5}$/)
    .meta({ description: Limit.meta()?.description ?? '' })
    .optional(),
  offset: z
    .string()
    .regex(/^\d{1,8}$/)
    .meta({ description: Offset.meta()?.description ?? '' })
    .optional(),
  cursor: Cursor.optional(),
  total: flag(Total).optional(),
});

export const NoQuery = z.strictObject({});
export const AttachmentQuery = z.strictObject({
  model: z.string().max(100).meta({ description: 'The model of the record.' }),
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .meta({ description: 'The id of the record.' }),
});
export const UploadQuery = AttachmentQuery.extend({
  name: z.string().min(1).max(255).meta({ description: 'The name of the file.' }),
});
export const AttachmentAnswer = z.object({
  ...{ id: z.int(), name: z.string().nullable(), mimetype: z.string().nullable(), bytes: z.int() },
  createdAt: z.string().nullable().optional(),
});
export const AttachmentsAnswer = z.object({ attachments: z.array(AttachmentAnswer) });
