import { z } from 'zod';
import { DatabaseIdentity } from '../odoo/guard/index.ts';
import type { Json, OdooClient } from '../odoo/index.ts';
import { Endpoint } from './endpoints/endpoint.ts';
import type { CallLine } from './log/call-line.ts';
import type { FieldMeta, FieldsOfModels } from './scope/field-meta.ts';
import { refusalOf, type Transacted, type Transaction } from './transaction.ts';

/** `held`: this is not the database that was meant; nothing was read or written. */
const Answer = z.object({ identity: DatabaseIdentity, held: z.boolean() });
export type Answer = z.infer<typeof Answer>;

const Read = z.object({ identity: DatabaseIdentity, endpoints: z.array(Endpoint) });

const ActingKey = Answer.extend({
  login: z.string().nullable(),
  key: z.string().nullable(),
  endsAt: z.string().nullable(),
});
export type ActingKey = z.infer<typeof ActingKey>;

const Facts = z
  .object({
    ...{ type: z.string(), relation: z.string().nullable(), related: z.string().nullable() },
    ...{ required: z.boolean(), readonly: z.boolean(), store: z.boolean(), string: z.string() },
    selection: z
      .array(z.tuple([z.string(), z.string()]))
      .nullable()
      .catch(null),
  })
  .transform(({ selection, ...facts }): FieldMeta => (selection === null ? facts : { ...facts, selection }));
const Models = z.object({ models: z.record(z.string(), z.record(z.string(), Facts)) });

const Done = Answer.extend({
  replayed: z.boolean(),
  reused: z.boolean(),
  results: z.array(
    z.object({
      ids: z.array(z.number().int()),
      created: z.array(z.number().int()).optional(),
      records: z.array(z.record(z.string(), z.custom<Json>())).optional(),
      stamps: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/** How the record API looks in Odoo: the procedures of the addon `viaduct_records`, one RPC call each. */
export type RecordsProcedures = {
  readEndpoints(publicUrl: string): Promise<z.infer<typeof Read>>;
  /** Mints a key by which Viaduct calls as the endpoint's user. Rejects with kind `validation` when he or it is not in use. */
  actingKey(endpoint: number): Promise<ActingKey>;
  revoke(endpoints: readonly number[]): Promise<Answer>;
  /** The fields of models; a model that is not installed is left out. */
  fields(models: readonly string[]): Promise<FieldsOfModels>;
  /** What Odoo refuses is told, not thrown; it was rolled back as a whole. */
  transact(endpoint: number, transaction: Transaction): Promise<Transacted>;
  /** Writes lines of the log. Safe to repeat. */
  log(lines: readonly CallLine[]): Promise<Answer>;
};

export type RecordsProceduresOptions = {
  odoo: Pick<OdooClient, 'procedure'>;
  /** Odoo's `database.uuid`. */
  database: string;
  /** Whether the database that answered is the one that is served. */
  admits: (identity: DatabaseIdentity) => boolean;
};

export function createRecordsProcedures(options: RecordsProceduresOptions): RecordsProcedures {
  const { odoo, database } = options;
  const ask = (name: string, payload: Readonly<Record<string, Json>>, idempotent: boolean) =>
    odoo.procedure(`viaduct_records.${name}`, { database, ...payload }, { idempotent });
  return {
    readEndpoints: (publicUrl) => readEndpoints(odoo, { database, publicUrl }),
    actingKey: async (endpoint) => ActingKey.parse(await ask('acting_key', { endpoint }, true)),
    revoke: async (endpoints) => Answer.parse(await ask('revoke', { endpoints }, true)),
    fields: async (models) => {
      const answer = Models.parse(await ask('fields', { models }, true));
      return new Map(
        Object.entries(answer.models).map(([model, fields]) => [model, new Map(Object.entries(fields))]),
      );
    },
    transact: async (endpoint, { operations, context, dryRun, idempotency }) => {
      const payload = { endpoint, operations, context, dryRun, idempotency };
      try {
        const answer = Done.parse(await ask('transact', payload, dryRun || idempotency !== null));
        if (answer.held || !options.admits(answer.identity)) return { kind: 'held' };
        if (answer.reused) return { kind: 'reused' };
        return { kind: 'done', replayed: answer.replayed, results: answer.results };
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === null) throw error;
        return { kind: 'refused', ...refusal };
      }
    },
    log: async (lines) => {
      const calls = lines.map(({ keyId: _, ...line }) => line);
      const used = lines.flatMap(({ keyId, at }) => (keyId === null ? [] : [{ key: keyId, at }]));
      return Answer.parse(await ask('log', { calls, used }, true));
    },
  };
}

/** The endpoints as Odoo has them; without `told`, whichever database it is, and nothing is changed. */
export async function readEndpoints(
  odoo: Pick<OdooClient, 'procedure'>,
  told: { database?: string; publicUrl?: string } = {},
): Promise<z.infer<typeof Read>> {
  return Read.parse(await odoo.procedure('viaduct_records.endpoints', told, { idempotent: true }));
}
