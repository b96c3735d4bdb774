import { z } from 'zod';
import { type Json, type OdooClient, OdooError } from '../../odoo/index.ts';
import { isToMany } from '../scope/field-meta.ts';
import { isId, isList, isObject, type JsonObject } from '../scope/json.ts';
import type { WebSpec } from '../scope/read-spec.ts';
import type { Scope } from '../scope/scope.ts';
import { given } from './incoming.ts';

/** Odoo as the user of the endpoint. */
export type Acting = { call: OdooClient['call'] };

export type Found = { records: { [field: string]: Json }[]; length: number };
export type Search = {
  domain: readonly Json[];
  order?: string | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
  /** Odoo counts no further than this. */
  countLimit?: number | undefined;
};

export type Reader = {
  /** One RPC call: the records, and how many there are. One more for each level where a record is not to be seen. */
  search(model: string, spec: WebSpec, search: Search, context: JsonObject): Promise<Found>;
  /** One RPC call, in the order of the ids; more where one of them, or what it leads to, is not to be seen. */
  read(model: string, spec: WebSpec, ids: readonly number[], context: JsonObject): Promise<JsonObject[]>;
  count(model: string, domain: readonly Json[], context: JsonObject): Promise<number>;
};

/** Not looked into: of hundreds of records that takes as long as all the rest. */
const Records = z.array(
  z.custom<{ [field: string]: Json }>((value) => typeof value === 'object' && value !== null),
);
const Answer = z.object({ length: z.number().int(), records: Records });

/** Reads as the endpoint's user through `web_read` and `web_search_read` with a specification (17, 18 and 19). */
export function createReader({ acting, scope }: { acting: Acting; scope: Scope }): Reader {
  async function ask(model: string, spec: WebSpec, search: Search, context: JsonObject): Promise<Found> {
    const { domain, order, limit, offset, countLimit } = search;
    const kwargs = given({
      ...{ domain, specification: asJson(spec), order, limit, offset, count_limit: countLimit, context },
    });
    const answer = await acting.call(model, 'web_search_read', [], { kwargs, idempotent: true });
    const parsed = Answer.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw notRecords(`${model}.web_search_read`);
  }

  async function readByIds(
    model: string,
    spec: WebSpec,
    ids: readonly number[],
    context: JsonObject,
  ): Promise<JsonObject[]> {
    const kwargs = { specification: asJson(spec), context };
    const answer = await acting.call(model, 'web_read', [ids], { kwargs, idempotent: true });
    const parsed = Records.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw notRecords(`${model}.web_read`);
  }

  /**
   * Odoo refuses a whole reading when a record that another leads to is not to be seen by this user. Then each level is
   * searched by itself: what is not found stays a mere id.
   */
  async function byLevels(model: string, spec: WebSpec, search: Search, context: JsonObject): Promise<Found> {
    const flat = Object.fromEntries(Object.keys(spec).map((field) => [field, {}]));
    const found = await ask(model, flat, search, context);
    for (const [field, { fields, order, limit }] of Object.entries(spec)) {
      const meta = scope.meta(model, field);
      if (fields === undefined || meta === undefined || meta.relation === null) continue;
      const ids = [...new Set(found.records.flatMap((record) => idsIn(record[field])))];
      const others =
        ids.length === 0
          ? []
          : await searchLevel(meta.relation, fields, { domain: [['id', 'in', ids]], order }, context);
      const byId = new Map(others.map((other) => [other['id'], other]));
      const rank = order === undefined ? null : new Map(others.map(({ id }, index) => [id, index]));
      for (const record of found.records) {
        const own = idsIn(record[field]);
        const sorted =
          rank === null
            ? own
            : own.toSorted((a, b) => (rank.get(a) ?? ids.length) - (rank.get(b) ?? ids.length));
        const told = sorted.map((id, index) =>
          limit === undefined || index < limit ? (byId.get(id) ?? { id }) : { id },
        );
        record[field] = isToMany(meta.type) ? told : (told[0] ?? false);
      }
    }
    return found;
  }

  async function searchLevel(
    model: string,
    spec: WebSpec,
    search: Search,
    context: JsonObject,
  ): Promise<JsonObject[]> {
    return (await byLevels(model, spec, search, { ...context, active_test: false })).records;
  }

  const search: Reader['search'] = async (model, spec, asked, context) => {
    try {
      return await ask(model, spec, asked, context);
    } catch (error) {
      if (!isHidden(error) || !isNested(spec)) throw error;
      return await byLevels(model, spec, asked, context);
    }
  };

  return {
    search,
    async read(model, spec, ids, context) {
      // Asked for nothing that is stored, Odoo's `web_read` may tell of records that there are not.
      if (Object.keys(spec).some((field) => scope.meta(model, field)?.store)) {
        try {
          return await readByIds(model, spec, ids, context);
        } catch (error) {
          if (!isHidden(error)) throw error;
        }
      }
      const { records } = await search(model, spec, { domain: [['id', 'in', ids]], order: 'id' }, context);
      const byId = new Map(records.map((record) => [record['id'], record]));
      return ids.map((id) => byId.get(id)).filter((record) => record !== undefined);
    },
    async count(model, domain, context) {
      const answer = await acting.call(model, 'search_count', [domain], {
        kwargs: { context },
        idempotent: true,
      });
      return z.number().int().parse(answer);
    },
  };
}

function isHidden(error: unknown): boolean {
  return error instanceof OdooError && error.kind === 'access';
}

function notRecords(call: string): OdooError {
  return new OdooError({
    ...{ kind: 'protocol', outcome: 'unknown' },
    message: `Odoo answered ${call} with something else than records.`,
  });
}

function isNested(spec: WebSpec): boolean {
  return Object.values(spec).some(({ fields }) => fields !== undefined);
}

function idsIn(value: Json | undefined): number[] {
  if (isList(value)) return value.filter(isId);
  return isId(value) ? [value] : isObject(value) && isId(value['id']) ? [value['id']] : [];
}

function asJson(spec: WebSpec): JsonObject {
  return Object.fromEntries(
    Object.entries(spec).map(([field, { fields, order, limit }]) => [
      field,
      given({ fields: fields === undefined ? undefined : asJson(fields), order, limit }),
    ]),
  );
}
