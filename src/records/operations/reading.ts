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
  count(model: string, domain: readonly Json[], context: JsonObject): Promise<number>;
};

const Answer = z.object({
  length: z.number().int(),
  records: z.array(z.record(z.string(), z.custom<Json>())),
});

/** Reads as the endpoint's user through `web_search_read` with a specification (17, 18 and 19). */
export function createReader({ acting, scope }: { acting: Acting; scope: Scope }): Reader {
  async function ask(model: string, spec: WebSpec, search: Search, context: JsonObject): Promise<Found> {
    const { domain, order, limit, offset, countLimit } = search;
    const kwargs = given({
      ...{ domain, specification: asJson(spec), order, limit, offset, count_limit: countLimit, context },
    });
    const answer = await acting.call(model, 'web_search_read', [], { kwargs, idempotent: true });
    const parsed = Answer.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new OdooError({
      ...{ kind: 'protocol', outcome: 'unknown' },
      message: `Odoo answered ${model}.web_search_read with something else than records.`,
    });
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

  return {
    async search(model, spec, search, context) {
      try {
        return await ask(model, spec, search, context);
      } catch (error) {
        const isHidden = error instanceof OdooError && error.kind === 'access' && isNested(spec);
        if (!isHidden) throw error;
        return await byLevels(model, spec, search, context);
      }
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
