import type { OpenApiDocument, OpenApiOperation } from '../v1/openapi.ts';

type Schema = Readonly<Record<string, unknown>>;

const HEAD = `/** Generated from the OpenAPI document by npm run docs:generate. */
import { type CallHeaders, createSend, type Json, jsonOf, type ViaductClientOptions } from './send.ts';
`;
const FILE = 'application/octet-stream';

/** The source of the typed client, from the document alone; to be formatted. */
export function clientSource(document: OpenApiDocument): string {
  const all = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ path, verb: verb.toUpperCase(), operation })),
  );
  const types = new Map<string, string>();
  const methods = all.map(({ path, verb, operation }) => methodSource(path, verb, operation, types));
  const declared = [...types].map(([type, name]) => `export type ${name} = ${type};`);
  return `${HEAD}
${declared.join('\n')}

/** One endpoint of Viaduct; every function rejects with a ViaductProblem for what is refused. */
export function createViaductClient(options: ViaductClientOptions) {
  const send = createSend(options);
  return {
${methods.join('\n')}
  };
}
`;
}

function methodSource(
  path: string,
  verb: string,
  operation: OpenApiOperation,
  types: Map<string, string>,
): string {
  const { operationId: id, summary, parameters, requestBody } = operation;
  const named = parameters
    .filter((each) => each.in === 'path')
    .map(({ name, schema }) => `${name}: ${typeOf(schema)}`);
  const query = queryMember(operation, types);
  const body = requestBody?.content['application/json']?.schema;
  const takesFile = requestBody !== undefined && requestBody.content[FILE] !== undefined;
  const members = [
    ...(body === undefined ? [] : [`body: ${declare(types, typeOf(body), `${pascal(id)}Body`)}`]),
    ...(takesFile ? ['file: { bytes: Uint8Array; type: string }'] : []),
    ...(query === null ? [] : [query]),
  ];
  const isNeeded = members.some((member) => /^\w+:/.test(member));
  const own = members.length === 0 ? '' : ` & { ${members.join('; ')} }`;
  const sent = `sent: CallHeaders${own}${isNeeded ? '' : ' = {}'}`;
  const isFixed = !path.includes('{');
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name) => `\${encodeURIComponent(${name})}`);
  const call = `send('${verb}', ${isFixed ? `'${address}'` : `\`${address}\``}, sent)`;
  const answer = answerType(operation);
  const result = answer === null ? call : `jsonOf<${declare(types, answer, `${pascal(id)}Answer`)}>(${call})`;
  return `    /** ${summary}: \`${verb} ${path}\`. */
    ${id}: (${[...named, sent].join(', ')}) => ${result},`;
}

/** Equal types have one name, that of the first. */
function declare(types: Map<string, string>, type: string, name: string): string {
  if (!type.startsWith('{')) return type;
  const known = types.get(type);
  if (known !== undefined) return known;
  types.set(type, name);
  return name;
}

function queryMember(
  { operationId: id, parameters }: OpenApiOperation,
  types: Map<string, string>,
): string | null {
  const all = parameters.filter((each) => each.in === 'query');
  if (all.length === 0) return null;
  const members = all.map(({ name, required, schema }) => `${name}${required ? '' : '?'}: ${typeOf(schema)}`);
  const type = declare(types, `{ ${members.join('; ')} }`, `${pascal(id)}Query`);
  return `query${all.some(({ required }) => required) ? '' : '?'}: ${type}`;
}

/** Null for a file. */
function answerType({ responses }: OpenApiOperation): string | null {
  const [done] = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const content = memberOf(done?.[1], 'content');
  if (memberOf(content, FILE) !== undefined) return null;
  return typeOf(memberOf(memberOf(content, 'application/json'), 'schema'));
}

function memberOf(value: unknown, name: string): unknown {
  return isSchema(value) ? value[name] : undefined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The TypeScript type of a JSON schema, as far as Zod writes them. */
function typeOf(schema: unknown): string {
  if (!isSchema(schema)) return 'Json';
  if (Array.isArray(schema['enum'])) return schema['enum'].map((each) => JSON.stringify(each)).join(' | ');
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices)) return choices.map(typeOf).join(' | ');
  const { type } = schema;
  if (Array.isArray(type)) return type.map((each) => typeOf({ ...schema, type: each })).join(' | ');
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array': {
      const item = typeOf(schema['items']);
      return item.includes(' ') ? `readonly (${item})[]` : `readonly ${item}[]`;
    }
    case 'object':
      return objectType(schema);
    default:
      return 'Json';
  }
}

function objectType({ properties, required, additionalProperties }: Schema): string {
  if (!isSchema(properties)) return `{ readonly [name: string]: ${typeOf(additionalProperties)} }`;
  const needed = new Set(Array.isArray(required) ? required : []);
  const members = Object.entries(properties).map(
    ([name, schema]) => `${name}${needed.has(name) ? '' : '?'}: ${typeOf(schema)}`,
  );
  return `{ ${members.join('; ')} }`;
}

function pascal(id: string): string {
  return `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`;
}
