/** What Odoo says of one field (`ir.model.fields`). */
export type FieldMeta = {
  type: string;
  /** The model that a relation leads to. */
  relation: string | null;
  required: boolean;
  readonly: boolean;
  store: boolean;
  /** Its label. */
  string: string;
  selection?: readonly (readonly [string, string])[] | null;
  /** The path of which this field is only another name, as `partner_id.email`. */
  related?: string | null;
};

export type ModelFields = ReadonlyMap<string, FieldMeta>;

/** The fields of models by their names; a model that Odoo does not have is not in it. */
export type FieldsOfModels = ReadonlyMap<string, ModelFields>;

/** What Odoo says of the fields of models. */
export type FieldBook = {
  /** One RPC for all models that are not known yet; none when all are. */
  of(models: readonly string[]): Promise<FieldsOfModels>;
  /** Reads again at once what was ever asked for, so that the next who asks need not wait for it. */
  renew(): void;
};

export const ID_META: FieldMeta = {
  ...{ type: 'integer', relation: null, required: true, readonly: true, store: true, string: 'ID' },
  related: null,
};

/** True for fields that lead to records of another model. */
export function isRelation({ type }: FieldMeta): boolean {
  return type === 'many2one' || isToMany(type);
}

/** True for the types of fields that hold several records. */
export function isToMany(type: string): boolean {
  return type === 'one2many' || type === 'many2many';
}
