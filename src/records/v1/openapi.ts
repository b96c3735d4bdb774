import { z } from 'zod';
import type { V1Operation } from './operation.ts';
import { ProblemAnswer } from './schemas.ts';

type JsonSchema = Readonly<Record<string, unknown>>;
type Parameter = {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description: string;
  schema: JsonSchema;
};
export type OpenApiOperation = {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Readonly<Record<string, { schema: JsonSchema }>> };
  responses: Readonly<Record<string, object>>;
};
export type OpenApiDocument = {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  security: readonly object[];
  paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  components: object;
};

const NAMES_OF_PATH: Readonly<Record<string, string>> = {
  model: 'A model that the endpoint has, as `res.partner`.',
  id: 'The id of a record.',
  name: 'A method or a server action that the endpoint names.',
};
const STATUSES: readonly (readonly [status: string, meaning: string])[] = [
  ['400', 'The request cannot be understood; `detail` says where.'],
  ['401', 'No endpoint has this key.'],
  ['403', 'The endpoint may not, or Odoo does not let its user.'],
  ['404', 'There is no such record for this user.'],
  ['409', 'Others changed the same records at the same time. Send it again.'],
  ['412', 'The record was changed since its ETag was given.'],
  ['422', 'Odoo refuses it; `odoo` has its words.'],
  ['428', 'It is not said which records are meant.'],
  ['429', 'Too many calls; `Retry-After` says when to come again.'],
  ['503', 'Odoo is away, or its traffic is held. Send it again later.'],
];
const ABOUT =
  'Records of Odoo, through an endpoint that an administrator keeps there. A call acts as the user of the endpoint: his rights and the ' +
  'models, fields and methods of the endpoint decide. Send its key as `Authorization: Bearer vdk_…`; a public endpoint is named by ' +
  '`Viaduct-Endpoint: <uuid>`.';

/** The OpenAPI 3.1 document of these operations: from the very schemas by which requests are read. */
export function openApiDocument(operations: readonly V1Operation[], version: string): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const each of operations) {
    const path = each.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][each.method.toLowerCase()] = operationOf(each);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Viaduct record API', version, description: ABOUT },
    security: [{ key: [] }, { endpoint: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key of the endpoint.' },
        endpoint: {
          type: 'apiKey',
          in: 'header',
          name: 'Viaduct-Endpoint',
          description: 'The uuid of a public endpoint.',
        },
      },
      schemas: { Problem: schemaOf(ProblemAnswer, 'output') },
    },
  };
}

const FILE = { 'application/octet-stream': { schema: { description: 'A file.' } } };

function operationOf(each: V1Operation): OpenApiOperation {
  const { id, summary, description, body, answer, status, bytes } = each;
  return {
    ...{ operationId: id, summary, tags: [tagOf(each)] },
    ...(description === undefined ? {} : { description }),
    parameters: [...pathParameters(each), ...queryParameters(each), ...headerParameters(each)],
    ...(body === null ? {} : { requestBody: { required: true, content: content(schemaOf(body, 'input')) } }),
    ...(bytes === 'in' ? { requestBody: { required: true, content: FILE } } : {}),
    responses: {
      [String(status)]: {
        description: 'Done.',
        content: bytes === 'out' ? FILE : content(schemaOf(answer, 'output')),
      },
      ...Object.fromEntries(
        STATUSES.map(([code, meaning]) => [
          code,
          {
            description: meaning,
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  };
}

function tagOf({ id, isChange }: V1Operation): string {
  if (id === 'callMethod' || id === 'runAction') return 'Calling';
  if (id.toLowerCase().includes('attachment')) return 'Attachments';
  return isChange ? 'Changing' : 'Reading';
}

function pathParameters({ path }: V1Operation): Parameter[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    ...{ name, in: 'path' as const, required: true, description: NAMES_OF_PATH[name] ?? '' },
    schema: name === 'id' ? { type: 'integer', minimum: 1 } : { type: 'string' },
  }));
}

function queryParameters({ query }: V1Operation): Parameter[] {
  if (!(query instanceof z.ZodObject)) return [];
  return Object.entries(query.shape).flatMap(([name, schema]) => {
    if (!(schema instanceof z.ZodType)) return [];
    const { description, ...rest } = schemaOf(schema, 'input');
    const required = !schema.safeParse(undefined).success;
    return [{ name, in: 'query' as const, required, description: String(description ?? ''), schema: rest }];
  });
}

function headerParameters({ isChange, takesIfMatch, id }: V1Operation): Parameter[] {
  const isCall = id === 'callMethod' || id === 'runAction';
  const key = {
    ...{
      name: 'Idempotency-Key',
      in: 'header' as const,
      required: false,
      schema: { type: 'string', maxLength: 255 },
    },
    description:
      'The same key with the same request within 24 hours does nothing again and gives the first answer.',
  };
  const match = {
    ...{ name: 'If-Match', in: 'header' as const, required: false, schema: { type: 'string' } },
    description: 'The ETag of a reading: done only where the record was not written to since.',
  };
  return [...(isChange && !isCall ? [key] : []), ...(takesIfMatch === true ? [match] : [])];
}

function content(schema: JsonSchema) {
  return { 'application/json': { schema } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return Object.fromEntries(
    Object.entries(made).filter(([name]) => name !== '$schema' && name !== '~standard'),
  );
}
