/** Generated from the OpenAPI document by npm run docs:generate. */
import { type CallHeaders, createSend, type Json, jsonOf, type ViaductClientOptions } from './send.ts';

export type ListAttachmentsQuery = { model: string; id: string };
export type ListAttachmentsAnswer = {
  attachments: readonly {
    id: number;
    name: string | null;
    mimetype: string | null;
    bytes: number;
    createdAt?: string | null;
  }[];
};
export type UploadAttachmentQuery = { model: string; id: string; name: string };
export type UploadAttachmentAnswer = {
  id: number;
  name: string | null;
  mimetype: string | null;
  bytes: number;
  createdAt?: string | null;
};
export type ListRecordsQuery = {
  context?: string;
  fields?: string;
  domain?: string;
  order?: string;
  limit?: string;
  offset?: string;
  cursor?: string;
  total?: '0' | '1' | 'true' | 'false';
};
export type ListRecordsAnswer = {
  records: readonly { readonly [name: string]: Json }[];
  hasMore: boolean;
  next: string | null;
  whyNoCursor?: string;
  total?: number;
};
export type CreateRecordsQuery = { context?: string; dryRun?: '0' | '1' | 'true' | 'false' };
export type CreateRecordsAnswer = {
  ids: readonly number[];
  created?: readonly boolean[];
  records?: readonly { readonly [name: string]: Json }[];
  dryRun?: boolean;
};
export type WriteRecordsBody = {
  selector?: Json;
  values: Json;
  ifMatch?: { readonly [name: string]: string };
  context?: Json;
};
export type UpsertRecordsBody = { key: Json; values: Json; context?: Json };
export type SearchRecordsQuery = { context?: string };
export type SearchRecordsBody = {
  domain?: Json;
  fields?: Json;
  order?: string;
  limit?: number;
  offset?: number;
  cursor?: string;
  total?: boolean;
  context?: Json;
};
export type ReadRecordQuery = { context?: string; fields?: string };
export type ReadRecordAnswer = { readonly [name: string]: Json };
export type CountRecordsBody = { domain?: Json; context?: Json };
export type CountRecordsAnswer = { count: number };
export type AggregateRecordsBody = {
  domain?: Json;
  groupBy: readonly string[];
  aggregates?: readonly string[];
  order?: string;
  limit?: number;
  offset?: number;
  context?: Json;
};
export type AggregateRecordsAnswer = { groups: readonly { readonly [name: string]: Json }[] };
export type DescribeFieldsBody = { context?: Json };
export type DescribeFieldsAnswer = { fields: { readonly [name: string]: { readonly [name: string]: Json } } };
export type DefaultValuesBody = { fields?: readonly string[]; context?: Json };
export type DefaultValuesAnswer = { values: { readonly [name: string]: Json } };
export type DeleteRecordsBody = {
  selector?: Json;
  ifMatch?: { readonly [name: string]: string };
  context?: Json;
};
export type BatchBody = {
  operations: readonly (
    | { op: 'create'; model: string; values: Json }
    | {
        op: 'write';
        model: string;
        selector?: Json;
        values: Json;
        ifMatch?: { readonly [name: string]: string };
      }
    | { op: 'unlink'; model: string; selector?: Json; ifMatch?: { readonly [name: string]: string } }
    | { op: 'upsert'; model: string; key: Json; values: Json }
    | { op: 'read'; model: string; ids: Json; fields: Json }
  )[];
  dryRun?: boolean;
  context?: Json;
};
export type BatchAnswer = {
  results: readonly {
    ids: readonly number[];
    created?: readonly boolean[];
    records?: readonly { readonly [name: string]: Json }[];
    dryRun?: boolean;
  }[];
  dryRun?: boolean;
};
export type CallMethodBody = { ids?: Json; args?: Json; kwargs?: Json; context?: Json };
export type CallMethodAnswer = { result: Json };
export type RunActionBody = { ids?: Json; context?: Json };

/** One endpoint of Viaduct; every function rejects with a ViaductProblem for what is refused. */
export function createViaductClient(options: ViaductClientOptions) {
  const send = createSend(options);
  return {
    /** List the files of a record: `GET /v1/attachments`. */
    listAttachments: (sent: CallHeaders & { query: ListAttachmentsQuery }) =>
      jsonOf<ListAttachmentsAnswer>(send('GET', '/v1/attachments', sent)),
    /** Attach a file to a record: `POST /v1/attachments`. */
    uploadAttachment: (
      sent: CallHeaders & { file: { bytes: Uint8Array; type: string }; query: UploadAttachmentQuery },
    ) => jsonOf<UploadAttachmentAnswer>(send('POST', '/v1/attachments', sent)),
    /** Download a file: `GET /v1/attachments/{id}`. */
    downloadAttachment: (id: number, sent: CallHeaders = {}) =>
      send('GET', `/v1/attachments/${encodeURIComponent(id)}`, sent),
    /** Search records: `GET /v1/records/{model}`. */
    listRecords: (model: string, sent: CallHeaders & { query?: ListRecordsQuery } = {}) =>
      jsonOf<ListRecordsAnswer>(send('GET', `/v1/records/${encodeURIComponent(model)}`, sent)),
    /** Make records: `POST /v1/records/{model}`. */
    createRecords: (model: string, sent: CallHeaders & { body: Json; query?: CreateRecordsQuery }) =>
      jsonOf<CreateRecordsAnswer>(send('POST', `/v1/records/${encodeURIComponent(model)}`, sent)),
    /** Change records: `PATCH /v1/records/{model}`. */
    writeRecords: (
      model: string,
      sent: CallHeaders & { body: WriteRecordsBody; query?: CreateRecordsQuery },
    ) => jsonOf<CreateRecordsAnswer>(send('PATCH', `/v1/records/${encodeURIComponent(model)}`, sent)),
    /** Make or change records: `PUT /v1/records/{model}`. */
    upsertRecords: (
      model: string,
      sent: CallHeaders & { body: UpsertRecordsBody; query?: CreateRecordsQuery },
    ) => jsonOf<CreateRecordsAnswer>(send('PUT', `/v1/records/${encodeURIComponent(model)}`, sent)),
    /** Search records: `POST /v1/records/{model}/search`. */
    searchRecords: (
      model: string,
      sent: CallHeaders & { body: SearchRecordsBody; query?: SearchRecordsQuery },
    ) => jsonOf<ListRecordsAnswer>(send('POST', `/v1/records/${encodeURIComponent(model)}/search`, sent)),
    /** Read a record: `GET /v1/records/{model}/{id}`. */
    readRecord: (model: string, id: number, sent: CallHeaders & { query?: ReadRecordQuery } = {}) =>
      jsonOf<ReadRecordAnswer>(
        send('GET', `/v1/records/${encodeURIComponent(model)}/${encodeURIComponent(id)}`, sent),
      ),
    /** Change a record: `PATCH /v1/records/{model}/{id}`. */
    writeRecord: (
      model: string,
      id: number,
      sent: CallHeaders & { body: Json; query?: CreateRecordsQuery },
    ) =>
      jsonOf<CreateRecordsAnswer>(
        send('PATCH', `/v1/records/${encodeURIComponent(model)}/${encodeURIComponent(id)}`, sent),
      ),
    /** Delete a record: `DELETE /v1/records/{model}/{id}`. */
    deleteRecord: (model: string, id: number, sent: CallHeaders & { query?: CreateRecordsQuery } = {}) =>
      jsonOf<CreateRecordsAnswer>(
        send('DELETE', `/v1/records/${encodeURIComponent(model)}/${encodeURIComponent(id)}`, sent),
      ),
    /** Count records: `POST /v1/records/{model}/count`. */
    countRecords: (
      model: string,
      sent: CallHeaders & { body: CountRecordsBody; query?: SearchRecordsQuery },
    ) => jsonOf<CountRecordsAnswer>(send('POST', `/v1/records/${encodeURIComponent(model)}/count`, sent)),
    /** Group records: `POST /v1/records/{model}/aggregate`. */
    aggregateRecords: (
      model: string,
      sent: CallHeaders & { body: AggregateRecordsBody; query?: SearchRecordsQuery },
    ) =>
      jsonOf<AggregateRecordsAnswer>(
        send('POST', `/v1/records/${encodeURIComponent(model)}/aggregate`, sent),
      ),
    /** Describe fields: `POST /v1/records/{model}/fields`. */
    describeFields: (
      model: string,
      sent: CallHeaders & { body: DescribeFieldsBody; query?: SearchRecordsQuery },
    ) => jsonOf<DescribeFieldsAnswer>(send('POST', `/v1/records/${encodeURIComponent(model)}/fields`, sent)),
    /** Tell default values: `POST /v1/records/{model}/defaults`. */
    defaultValues: (
      model: string,
      sent: CallHeaders & { body: DefaultValuesBody; query?: SearchRecordsQuery },
    ) => jsonOf<DefaultValuesAnswer>(send('POST', `/v1/records/${encodeURIComponent(model)}/defaults`, sent)),
    /** Delete records: `POST /v1/records/{model}/delete`. */
    deleteRecords: (
      model: string,
      sent: CallHeaders & { body: DeleteRecordsBody; query?: CreateRecordsQuery },
    ) => jsonOf<CreateRecordsAnswer>(send('POST', `/v1/records/${encodeURIComponent(model)}/delete`, sent)),
    /** Do several things at once: `POST /v1/batch`. */
    batch: (sent: CallHeaders & { body: BatchBody; query?: CreateRecordsQuery }) =>
      jsonOf<BatchAnswer>(send('POST', '/v1/batch', sent)),
    /** Call a method: `POST /v1/records/{model}/call/{name}`. */
    callMethod: (
      model: string,
      name: string,
      sent: CallHeaders & { body: CallMethodBody; query?: CreateRecordsQuery },
    ) =>
      jsonOf<CallMethodAnswer>(
        send('POST', `/v1/records/${encodeURIComponent(model)}/call/${encodeURIComponent(name)}`, sent),
      ),
    /** Run a server action: `POST /v1/records/{model}/action/{name}`. */
    runAction: (
      model: string,
      name: string,
      sent: CallHeaders & { body: RunActionBody; query?: CreateRecordsQuery },
    ) =>
      jsonOf<CallMethodAnswer>(
        send('POST', `/v1/records/${encodeURIComponent(model)}/action/${encodeURIComponent(name)}`, sent),
      ),
  };
}
