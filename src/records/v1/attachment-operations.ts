import { z } from 'zod';
import type { Json } from '../../odoo/index.ts';
import { isoMoment } from '../operations/dates.ts';
import { carryOut } from '../operations/transacting.ts';
import { RecordsError } from '../scope/records-error.ts';
import type { Scope } from '../scope/scope.ts';
import { base64Stream } from './base64-stream.ts';
import { MOST_FILE_BYTES, mediaType } from './file-limits.ts';
import { operation, type V1Operation } from './operation.ts';
import { AttachmentAnswer, AttachmentQuery, AttachmentsAnswer, NoQuery, UploadQuery } from './schemas.ts';

const MODEL = 'ir.attachment';
const MOST_LISTED = 500;
const Text = z.union([z.string(), z.literal(false)]).transform((text) => text || null);
const Rows = z.array(
  z.object({
    ...{ id: z.number().int(), name: Text, mimetype: Text, file_size: z.number().int(), create_date: Text },
    ...{ res_model: Text, res_field: Text, type: z.string() },
  }),
);
const FACTS = ['name', 'mimetype', 'file_size', 'create_date', 'res_model', 'res_field', 'type'];
const Data = z.array(z.object({ datas: Text })).length(1);
const Ids = z.union([
  z.array(z.number().int()),
  z
    .number()
    .int()
    .transform((id) => [id]),
]);

/** Files of records: what may be done with them follows from the record that they are attached to. */
export const ATTACHMENT_OPERATIONS: readonly V1Operation[] = [
  operation({
    ...{
      id: 'listAttachments',
      method: 'GET',
      path: '/v1/attachments',
      summary: 'List the files of a record',
    },
    ...{ query: AttachmentQuery, body: null, answer: AttachmentsAnswer },
    async run({ scope, acting, query }) {
      const { model, id } = query;
      scope.model(model, 'read');
      const domain: Json = [
        ['res_model', '=', model],
        ['res_id', '=', Number(id)],
        ['res_field', '=', false],
      ];
      const args: Json[] = [domain, FACTS];
      const options = { kwargs: { limit: MOST_LISTED, order: 'id' }, idempotent: true };
      const rows = Rows.parse(await acting.call(MODEL, 'search_read', args, options));
      return { status: 200, body: { attachments: rows.map(toldOf) }, records: rows.length };
    },
  }),
  operation({
    ...{ id: 'downloadAttachment', method: 'GET', path: '/v1/attachments/:id', summary: 'Download a file' },
    description: 'Its bytes. The endpoint has to read the model that the file is attached to.',
    ...{ query: NoQuery, body: null, answer: z.unknown(), bytes: 'out' },
    async run({ scope, acting, id }) {
      const [row] = Rows.parse(
        await acting.call(MODEL, 'search_read', [[['id', '=', id]], FACTS], { idempotent: true }),
      );
      if (row === undefined || row.res_model === null) throw missing(id);
      // A file of what the endpoint has not is not there, as one that does not exist.
      if (!scope.endpoint.grants.some(({ model }) => model === row.res_model)) throw missing(id);
      judgeFile(scope, row.res_model, row.res_field);
      if (row.type !== 'binary') throw refused(id, 'is an address, not a file');
      if (row.file_size > MOST_FILE_BYTES) throw refused(id, `is larger than ${MOST_FILE_BYTES} bytes`);
      const [data] = Data.parse(await acting.call(MODEL, 'read', [[id], ['datas']], { idempotent: true }));
      const { stream, length } = base64Stream(data?.datas ?? '');
      const headers = {
        'content-type': mediaType(row.mimetype ?? '') ?? 'application/octet-stream',
        'content-length': String(length),
        'content-disposition': `attachment; filename*=UTF-8''${fileName(row.name ?? `attachment-${id}`)}`,
      };
      return { status: 200, body: { id, bytes: length }, stream, headers, records: 1 };
    },
  }),
  operation({
    ...{
      id: 'uploadAttachment',
      method: 'POST',
      path: '/v1/attachments',
      summary: 'Attach a file to a record',
    },
    description:
      'The body is the file, its type is the Content-Type. The endpoint has to write to the model of the record.',
    ...{ query: UploadQuery, body: null, answer: AttachmentAnswer, status: 201, isChange: true, bytes: 'in' },
    async run({ scope, acting, transact, query, bytes, contentType, idempotency }) {
      const { model, id, name } = query;
      scope.model(model, 'write');
      const values = {
        ...{ name, res_model: model, res_id: Number(id), datas: bytes.toString('base64') },
        ...(contentType === null ? {} : { mimetype: contentType }),
      };
      const ids =
        idempotency === null
          ? Ids.parse(await acting.call(MODEL, 'create', [[values]]))
          : await onceFor(transact, values, idempotency);
      const [made = 0] = ids;
      const body = { id: made, name, mimetype: contentType, bytes: bytes.length };
      return { status: 201, body, headers: { location: `/v1/attachments/${made}` }, records: 1 };
    },
  }),
];

async function onceFor(
  transact: Parameters<typeof carryOut>[0],
  values: Readonly<Record<string, Json>>,
  idempotency: { key: string; fingerprint: string },
): Promise<number[]> {
  const operations = [{ op: 'create' as const, model: MODEL, values: [values] }];
  const { results } = await carryOut(transact, { operations, context: {}, dryRun: false, idempotency });
  return results[0]?.ids ?? [];
}

/** A file that holds the value of a field is for who may read the field. */
function judgeFile(scope: Scope, model: string, field: string | null): void {
  if (field === null) scope.model(model, 'read');
  else scope.field(model, field);
}

type Row = z.infer<typeof Rows>[number];

function toldOf({ id, name, mimetype, file_size, create_date }: Row) {
  return {
    id,
    name,
    mimetype,
    bytes: file_size,
    createdAt: create_date === null ? null : isoMoment(create_date),
  };
}

/** As RFC 8187 writes a name that may hold any letter. */
function fileName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
}

function missing(id: number): RecordsError {
  const message = `There is no file ${id}, or the user of this endpoint may not see it.`;
  return new RecordsError({ code: 'record-missing', message });
}

function refused(id: number, why: string): RecordsError {
  return new RecordsError({ code: 'not-possible', message: `File ${id} ${why}, and cannot be sent.` });
}
