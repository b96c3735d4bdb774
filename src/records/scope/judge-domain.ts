import type { Json } from '../../odoo/index.ts';
import { type FieldMeta, isRelation } from './field-meta.ts';
import { isEmpty, isId, isList, isScalar } from './json.ts';
import type { FieldJudge } from './judge-fields.ts';
import { quoted, RecordsError } from './records-error.ts';

const MOST_DEPTH = 8;
const MOST_LEAVES = 500;
const MOST_VALUES = 20_000;
const ARITY: ReadonlyMap<Json, number> = new Map([
  ['&', 2],
  ['|', 2],
  ['!', 1],
]);

type Operator = 'compare' | 'list' | 'text' | 'domain' | 'hierarchy';
/** Those of 17, 18 and 19 that are meant for callers; `any!`, `not any!` and `inselect` go round the rules of the other model. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...(['=', '!=', '<>', '==', '=?', '<', '>', '<=', '>='] as const).map((name) => [name, 'compare'] as const),
  ...(['in', 'not in'] as const).map((name) => [name, 'list'] as const),
  ...['like', 'ilike', '=like', '=ilike'].flatMap((name) => [
    [name, 'text'] as const,
    [`not ${name}`, 'text'] as const,
  ]),
  ...(['any', 'not any'] as const).map((name) => [name, 'domain'] as const),
  ...(['child_of', 'parent_of'] as const).map((name) => [name, 'hierarchy'] as const),
]);

type Budget = { leaves: number; values: number };

/**
 * Refuses a domain that names anything the endpoint may not read, at any depth, or that is no domain. What Odoo finds by a
 * record's name (text given for a relation, `display_name`) it looks up in fields that nobody named (the number, the address):
 * that is allowed only where all fields of that model are.
 */
export function judgeDomain(judge: FieldJudge, model: string, domain: Json | undefined): readonly Json[] {
  judge.right(model, 'read');
  return judgeTerms(judge, model, domain, 1, { leaves: MOST_LEAVES, values: MOST_VALUES });
}

function judgeTerms(
  judge: FieldJudge,
  model: string,
  domain: Json | undefined,
  depth: number,
  budget: Budget,
): readonly Json[] {
  if (depth > MOST_DEPTH) throw invalid(model, `is nested deeper than ${MOST_DEPTH} levels`);
  if (!isList(domain)) throw invalid(model, 'is no list: a domain is a list such as [["name", "=", "Azur"]]');
  if (typeof domain[0] === 'string' && !ARITY.has(domain[0])) {
    throw invalid(model, 'is one condition by itself: put it into a list, as [["name", "=", "Azur"]]');
  }
  let expected = 1;
  for (const term of domain) {
    if (expected === 0) expected = 1;
    const arity = typeof term === 'string' ? ARITY.get(term) : undefined;
    if (arity === undefined) judgeLeaf(judge, model, term, depth, budget);
    expected += (arity ?? 0) - 1;
  }
  if (domain.length > 0 && expected !== 0)
    throw invalid(model, 'ends before an "&", "|" or "!" has all that it joins');
  return domain;
}

function judgeLeaf(judge: FieldJudge, model: string, leaf: Json, depth: number, budget: Budget): void {
  budget.leaves -= 1;
  if (budget.leaves < 0) throw invalid(model, `has more than ${MOST_LEAVES} conditions`);
  if (!isList(leaf) || leaf.length !== 3) {
    throw invalid(model, `holds ${quoted(leaf)} where a condition of three is expected, or "&", "|", "!"`);
  }
  const [path, operator, value] = leaf;
  if (isConstant(leaf)) return;
  if (typeof path !== 'string' || typeof operator !== 'string') {
    throw invalid(model, `holds ${quoted(leaf)}, which does not begin with a field and an operator`);
  }
  const kind = OPERATORS.get(operator);
  if (kind === undefined) {
    throw invalid(
      model,
      `has the operator ${quoted(operator)}; allowed are ${[...OPERATORS.keys()].join(', ')}`,
      path,
    );
  }
  const meta = judge.path(model, path);
  if (kind === 'domain') {
    if (!isRelation(meta) || meta.relation === null) {
      throw invalid(model, `asks "${operator}" of ${path}, which leads to no other record`, path);
    }
    judge.right(meta.relation, 'read');
    judgeTerms(judge, meta.relation, value, depth + 1, budget);
    return;
  }
  judgeValue({ judge, model, path, meta, operator, kind }, value, budget);
}

type Leaf = {
  judge: FieldJudge;
  model: string;
  path: string;
  meta: FieldMeta;
  operator: string;
  kind: Operator;
};

function judgeValue(leaf: Leaf, value: Json | undefined, budget: Budget): void {
  const { judge, model, path, kind, operator } = leaf;
  const values = isList(value) ? value : [value];
  budget.values -= values.length;
  if (budget.values < 0) throw invalid(model, `compares with more than ${MOST_VALUES} values`, path);
  const isRightShape = kind === 'list' ? isList(value) : kind === 'text' ? typeof value === 'string' : true;
  if (!isRightShape) {
    const expected = kind === 'list' ? 'a list' : 'a text';
    throw invalid(
      model,
      `compares ${path} by "${operator}" with ${quoted(value)}; expected ${expected}`,
      path,
    );
  }
  for (const each of values) {
    if (!isScalar(each))
      throw invalid(model, `compares ${path} with ${quoted(each)}; expected plain values`, path);
  }
  const named = ownerOf(leaf);
  if (kind === 'hierarchy') judgeHierarchy(leaf, values);
  const isByName = path === 'display_name' || path.endsWith('.display_name');
  const isText = values.some((each) => typeof each === 'string');
  if (named !== null && (isByName || isText) && !judge.isWhole(named)) {
    throw invalid(
      model,
      `looks ${path} up by name, which Odoo does in fields of ${named} that this endpoint may not all read; compare ids or a field of it`,
      path,
    );
  }
}

/** The model whose records Odoo would look up by name. */
function ownerOf({ model, path, meta, judge }: Leaf): string | null {
  if (isRelation(meta)) return meta.relation;
  if (path === 'display_name') return model;
  if (!path.endsWith('.display_name')) return path === 'id' ? model : null;
  return judge.path(model, path.slice(0, -'.display_name'.length)).relation;
}

/** Odoo follows the hierarchy as superuser, by the field for the parent. */
function judgeHierarchy(
  { judge, model, path, meta, operator }: Leaf,
  values: readonly (Json | undefined)[],
): void {
  const other = path === 'id' ? model : isRelation(meta) ? meta.relation : null;
  if (other === null)
    throw invalid(model, `asks "${operator}" of ${path}, which leads to no other record`, path);
  judge.right(other, 'read');
  // A field that leads to its own model is the hierarchy itself.
  const isOwnHierarchy = other === model && path !== 'id' && !path.includes('.');
  if (!isOwnHierarchy && !judge.isWhole(other)) judge.own(other, 'parent_id');
  if (!values.every((each) => isId(each) || isEmpty(each) || typeof each === 'string')) {
    throw invalid(model, `asks "${operator}" of ${path} with something else than ids`, path);
  }
}

/** `[1, "=", 1]` is true and `[0, "=", 1]` false for every record. */
function isConstant([left, operator, right]: readonly Json[]): boolean {
  return (left === 1 || left === 0) && operator === '=' && right === 1;
}

function invalid(model: string, why: string, field?: string): RecordsError {
  const cut = field?.slice(0, 100);
  return new RecordsError({
    code: 'invalid-domain',
    message: `The domain for ${model} ${why}.`,
    model,
    field: cut,
  });
}
