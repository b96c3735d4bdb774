import type { Endpoint, ModelGrant } from '../endpoints/endpoint.ts';
import { isClosedModel, isSecretField, isSecretModel } from './closed.ts';
import { type FieldMeta, type FieldsOfModels, ID_META, isRelation } from './field-meta.ts';
import { namesFor, quoted, RecordsError } from './records-error.ts';

export type Right = 'read' | 'create' | 'write' | 'unlink';

/** Which models and fields an endpoint has. Each throws a {@link RecordsError} that names what is allowed. */
export type FieldJudge = {
  right(model: string, right: Right): ModelGrant;
  /** The grant of a model for calls of its methods. */
  callable(model: string): ModelGrant;
  /** A field of the model itself, which the endpoint has. */
  own(model: string, field: string): FieldMeta;
  /** What a path ends at; every step is of a model that may be read, and a field that the endpoint has. */
  path(model: string, path: string): FieldMeta;
  /** Names of the fields that the endpoint has, `id` first. */
  names(model: string): string[];
  /** Whether all fields of a model may be read: what Odoo sorts or finds by its name may hang on any of them. */
  isWhole(model: string): boolean;
  /** Whether the endpoint has this field of this model at all. */
  has(model: string, field: string): boolean;
};

const MOST_STEPS = 6;
/** Numbers that are a part of a date (READ_GROUP_NUMBER_GRANULARITY of Odoo 19). */
const DATE_PARTS: ReadonlySet<string> = new Set(
  `year_number quarter_number month_number iso_week_number day_of_year day_of_month day_of_week hour_number minute_number
  second_number`.split(/\s+/),
);
const DATE_PART_META: FieldMeta = { ...ID_META, required: false, store: false, string: 'Part of a date' };
const PROPERTY_META: FieldMeta = { ...ID_META, type: 'property', required: false, string: 'Property' };
const PROPERTY_NAME = /^[a-z0-9_]+$/;

/** Judges models, rights and fields by the grants of an endpoint and what Odoo says of the fields. */
export function createFieldJudge({
  endpoint,
  fields,
}: {
  endpoint: Pick<Endpoint, 'grants'>;
  fields: FieldsOfModels;
}): FieldJudge {
  const grants = new Map(endpoint.grants.map((grant) => [grant.model, grant]));
  const allowedModels = endpoint.grants.map(({ model }) => model).filter((model) => !isSecretModel(model));

  function grantOf(model: string): ModelGrant {
    const grant = grants.get(model);
    if (grant !== undefined && !isSecretModel(model) && fields.has(model)) return grant;
    const message = `The model ${quoted(model)} is not allowed for this endpoint. Allowed are: ${namesFor(allowedModels)}.`;
    throw new RecordsError({ code: 'model-not-allowed', message, model });
  }

  function callable(model: string): ModelGrant {
    const grant = grantOf(model);
    if (!isClosedModel(model)) return grant;
    throw new RecordsError({
      ...{ code: 'model-not-allowed', model },
      message: `${model} can only be read through an endpoint, and only the fields that it names.`,
    });
  }

  function right(model: string, wanted: Right): ModelGrant {
    const grant = wanted === 'read' ? grantOf(model) : callable(model);
    const isAllowed = grant[wanted] && (!isClosedModel(model) || grant.fieldsMode === 'only');
    if (isAllowed) return grant;
    if (grant[wanted]) {
      const message = `Records of ${model} are only read by fields that the endpoint names: an administrator chooses "Only These" for it.`;
      throw new RecordsError({ ...{ code: 'right-not-allowed', model }, message });
    }
    const has = (['read', 'create', 'write', 'unlink'] as const).filter((each) => grant[each]);
    throw new RecordsError({
      ...{ code: 'right-not-allowed', model },
      message: `This endpoint may not ${wanted} records of ${model}. It may: ${namesFor(has)}.`,
    });
  }

  function has(model: string, field: string): boolean {
    if (field === 'id') return true;
    const meta = fields.get(model)?.get(field);
    const grant = grants.get(model);
    if (meta === undefined || grant === undefined) return false;
    if (grant.fieldsMode === 'only') return grant.fields.includes(field);
    if (grant.fieldsMode === 'except' && grant.fields.includes(field)) return false;
    return !isSecretField(field) && !isWithheldElsewhere(model, field, meta);
  }

  /** Another name of a field that the grant of its own model leaves out. */
  function isWithheldElsewhere(model: string, field: string, { related }: FieldMeta): boolean {
    const end = related == null ? null : endOf(fields, model, field, related);
    if (end === null || end.isPart) return false;
    const grant = grants.get(end.model);
    if (isSecretField(end.field)) return true;
    if (grant === undefined || grant.fieldsMode === 'all') return false;
    return grant.fields.includes(end.field) === (grant.fieldsMode === 'except');
  }

  const names = (model: string) => [
    'id',
    ...[...(fields.get(model)?.keys() ?? [])].filter((name) => name !== 'id' && has(model, name)),
  ];

  function own(model: string, field: string): FieldMeta {
    const meta = field === 'id' ? ID_META : fields.get(model)?.get(field);
    if (meta !== undefined && has(model, field)) return meta;
    throw new RecordsError({
      ...{ code: 'field-not-allowed', model, field: field.slice(0, 100) },
      message: `The field ${quoted(field)} of ${model} is not allowed for this endpoint, or does not exist. Allowed are: ${namesFor(nearestFirst(names(model), field))}.`,
    });
  }

  function path(model: string, wanted: string): FieldMeta {
    const steps = wanted.split('.');
    if (steps.length > MOST_STEPS) {
      const message = `The path ${quoted(wanted)} has ${steps.length} steps; at most ${MOST_STEPS} are followed.`;
      throw new RecordsError({ code: 'field-not-allowed', message, model, field: wanted.slice(0, 100) });
    }
    let at = model;
    for (const [index, step] of steps.entries()) {
      right(at, 'read');
      const meta = own(at, step);
      const rest = steps.slice(index + 1);
      if (rest.length === 0) return meta;
      const part = partOf(meta, rest);
      if (part !== null) return part;
      if (!isRelation(meta) || meta.relation === null) throw noWayOn(at, step, wanted);
      at = meta.relation;
    }
    return ID_META;
  }

  const isWhole = (model: string) =>
    grants.get(model)?.read === true && grants.get(model)?.fieldsMode === 'all' && !isClosedModel(model);

  return { right, callable, own, path, names, isWhole, has };
}

function partOf({ type }: FieldMeta, rest: readonly string[]): FieldMeta | null {
  const [part = ''] = rest;
  if (rest.length !== 1) return null;
  if (type === 'date' || type === 'datetime') return DATE_PARTS.has(part) ? DATE_PART_META : null;
  if (type === 'properties') return PROPERTY_NAME.test(part) ? PROPERTY_META : null;
  return null;
}

function noWayOn(model: string, field: string, wanted: string): RecordsError {
  return new RecordsError({
    ...{ code: 'field-not-allowed', model, field },
    message: `The path ${quoted(wanted)} goes on after ${field} of ${model}, which leads to no other record.`,
  });
}

/** Where another name of a field leads to. */
export type End = {
  model: string;
  field: string;
  /**
   * Whether the model is made of the other (`product.product` of `product.template`): such a field has the same name behind a
   * required relation, and belongs to both.
   */
  isPart: boolean;
};

/** The model and the field that a path of Odoo's own ends at; null where it leads through models that are not known. */
export function endOf(fields: FieldsOfModels, model: string, field: string, path: string): End | null {
  const steps = path.split('.');
  const last = steps.at(-1) ?? '';
  let at: string | null = model;
  let isRequired = false;
  for (const step of steps.slice(0, -1)) {
    const meta: FieldMeta | undefined = at === null ? undefined : fields.get(at)?.get(step);
    at = meta?.relation ?? null;
    isRequired = meta?.required ?? false;
  }
  const isPart = steps.length === 2 && last === field && isRequired;
  return at === null ? null : { model: at, field: last, isPart };
}

/** Those first that begin as the name that was meant. */
function nearestFirst(names: readonly string[], meant: string): string[] {
  const shared = (name: string) => {
    const length = [...name].findIndex((sign, index) => sign !== meant[index]);
    return length === -1 ? name.length : length;
  };
  return names.toSorted((one, other) => shared(other) - shared(one));
}
