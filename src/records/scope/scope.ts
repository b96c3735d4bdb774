import type { Json } from '../../odoo/index.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { emptyTextIn, meansAll } from './domain-meaning.ts';
import type { FieldMeta, FieldsOfModels } from './field-meta.ts';
import { isEmpty, isId, isList, isObject, type JsonObject } from './json.ts';
import { judgeContext } from './judge-context.ts';
import { judgeDomain } from './judge-domain.ts';
import { createFieldJudge, type FieldJudge, type Right } from './judge-fields.ts';
import { judgeAction, judgeArguments, judgeMethod } from './judge-method.ts';
import { judgeGroups, judgeOrder, type OrderTerm } from './judge-order.ts';
import { judgeValues, type ValuesOptions } from './judge-values.ts';
import { readSpec, type WebSpec } from './read-spec.ts';
import { quoted, RecordsError } from './records-error.ts';

/** The records that a call changes: ids, or a domain that says which. */
export type Selector = { ids: readonly number[] } | { domain: readonly Json[] };

/**
 * What one endpoint may do. Each function throws a {@link RecordsError} whose words name what was wrong and what is allowed;
 * none asks Odoo. Nothing of a request goes to Odoo that was not given to one of them before.
 */
export type Scope = {
  readonly endpoint: Endpoint;
  model(model: string, right: Right): void;
  /** A field for reading, or a path to one. */
  field(model: string, path: string): FieldMeta;
  domain(model: string, domain: Json | undefined): readonly Json[];
  order(model: string, order: string): OrderTerm[];
  groupBy(model: string, groups: readonly string[], aggregates: readonly string[], order?: string): void;
  values(model: string, values: Json | undefined, right: 'create' | 'write', options?: ValuesOptions): void;
  spec(model: string, fields: Json | undefined): WebSpec;
  /** The context that goes to Odoo. */
  context(context: Json | undefined): JsonObject;
  method(model: string, method: string, kwargs?: Json): void;
  action(model: string, action: string): void;
  /** `{ids}`, never empty, or `{domain}`; one that means every record only with `all: true`. */
  selector(model: string, selector: Json | undefined): Selector;
  /** Names of the fields that may be read, `id` first. */
  fields(model: string): string[];
  /** What is known of a field that the endpoint has; undefined otherwise. */
  meta(model: string, field: string): FieldMeta | undefined;
  /** True where Odoo may look records up by name and sort them its own way: all fields of the model may be read. */
  isWhole(model: string): boolean;
};

/** The scope of an endpoint, by its grants and the fields of its models. */
export function createScope({ endpoint, fields }: { endpoint: Endpoint; fields: FieldsOfModels }): Scope {
  const judge = createFieldJudge({ endpoint, fields });
  return {
    endpoint,
    model: (model, right) => void judge.right(model, right),
    field: judge.path,
    domain: (model, domain) => judgeDomain(judge, model, domain),
    order: (model, order) => judgeOrder(judge, model, order),
    groupBy: (model, groupBy, aggregates, order) => judgeGroups(judge, model, { groupBy, aggregates, order }),
    values: (model, values, right, options) => judgeValues({ judge, fields }, model, values, right, options),
    spec: (model, wanted) => readSpec(judge, model, wanted),
    context: (context) => judgeContext(endpoint.companyId, context),
    method(model, method, kwargs) {
      judgeMethod(judge, model, method);
      judgeArguments(model, method, kwargs);
    },
    action: (model, action) => judgeAction(judge, model, action),
    selector: (model, selector) => selectorOf({ judge, maxRecords: endpoint.maxRecords }, model, selector),
    fields(model) {
      judge.right(model, 'read');
      return judge.names(model);
    },
    meta: (model, field) => (judge.has(model, field) ? fields.get(model)?.get(field) : undefined),
    isWhole: judge.isWhole,
  };
}

type Choosing = { judge: FieldJudge; maxRecords: number };

function selectorOf({ judge, maxRecords }: Choosing, model: string, selector: Json | undefined): Selector {
  if (!isObject(selector))
    throw missing(
      model,
      isEmpty(selector) || selector === undefined
        ? `Nothing says which records of ${model} are meant: "selector" is missing.`
        : `The selector of ${model} is ${quoted(selector)}.`,
    );
  const { ids, domain, all } = selector;
  if (all !== undefined && typeof all !== 'boolean') throw missing(model, '"all" is neither true nor false.');
  if (ids !== undefined && domain !== undefined) {
    throw missing(model, `Records of ${model} are chosen by ids and by a domain at once.`);
  }
  if (ids !== undefined) return { ids: idsOf(model, ids, maxRecords) };
  if (all === true && domain === undefined) return { domain: [] };
  if (!isList(domain)) throw missing(model, `Records of ${model} are chosen neither by ids nor by a domain.`);
  judgeDomain(judge, model, domain);
  if (all === true) return { domain };
  if (meansAll(domain)) {
    throw missing(
      model,
      `The domain ${quoted(domain)} means every record of ${model}; say "all": true if that is meant.`,
    );
  }
  const field = emptyTextIn(domain);
  if (field === null) return { domain };
  throw missing(
    model,
    `The domain compares ${quoted(field)} with nothing, so it would mean every record of ${model} without one; compare with false if that is meant.`,
  );
}

function idsOf(model: string, ids: Json, maxRecords: number): number[] {
  if (!isList(ids) || ids.length === 0 || !ids.every(isId)) {
    throw missing(
      model,
      `The ids of ${model} are ${quoted(ids)}; expected a list of at least one id, as numbers.`,
    );
  }
  const distinct = [...new Set(ids)];
  if (distinct.length <= maxRecords) return distinct;
  const message = `${distinct.length} records of ${model} are named; this endpoint takes at most ${maxRecords} at a time.`;
  throw new RecordsError({ code: 'too-many-records', message, model });
}

function missing(model: string, why: string): RecordsError {
  const message = `${why} A selector is {"ids": [5, 6]}, {"domain": [["email", "=", "a@b.c"]]} or {"all": true}.`;
  return new RecordsError({ code: 'selector-missing', message, model });
}
