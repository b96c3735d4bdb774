import type { Json } from '../../../odoo/index.ts';
import type { Acting } from '../reading.ts';

type Row = Readonly<Record<string, Json>> & { id: number };
export type FakeCall = {
  model: string;
  method: string;
  args: readonly Json[];
  kwargs: Readonly<Record<string, Json>>;
};

/**
 * One table that answers `web_search_read`, `web_read` and `search_count` as Odoo 19 does: empty numbers are told as 0 and found by 0 and by
 * false, empty texts are sorted by the database, behind all others ascending and before them descending.
 */
export function createFakeTable(rows: readonly Row[]): { acting: Acting; calls: FakeCall[] } {
  const calls: FakeCall[] = [];
  const acting: Acting = {
    async call(model, method, args, { kwargs = {} } = {}) {
      calls.push({ model, method, args, kwargs });
      if (method === 'web_read') {
        return listOf(args[0]).flatMap((id) => rows.filter((row) => row.id === id).map(told));
      }
      const domain = listOf(kwargs['domain'] ?? args[0]);
      const found = rows.filter((row) => holds(domain, row));
      if (method === 'search_count') return found.length;
      const sorted = found.toSorted((one, other) => compare(String(kwargs['order'] ?? 'id'), one, other));
      const offset = Number(kwargs['offset'] ?? 0);
      const page = sorted.slice(offset, offset + Number(kwargs['limit'] ?? sorted.length));
      const most = Number(kwargs['count_limit'] ?? Number.POSITIVE_INFINITY);
      return {
        length: Math.min(found.length, Math.max(most, offset + page.length)),
        records: page.map(told),
      };
    },
  };
  return { acting, calls };
}

function told(row: Row): Json {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value ?? (name.startsWith('amount') ? 0 : false)]),
  );
}

function holds(domain: readonly Json[], row: Row): boolean {
  const stack: boolean[] = [];
  const pop = () => stack.pop() ?? true;
  for (const term of domain.toReversed()) {
    if (term === '&') stack.push([pop(), pop()].every(Boolean));
    else if (term === '|') stack.push([pop(), pop()].some(Boolean));
    else stack.push(holdsLeaf(listOf(term), row));
  }
  return stack.every(Boolean);
}

function holdsLeaf([field, operator, value = null]: readonly Json[], row: Row): boolean {
  const held = row[String(field)] ?? null;
  const isEmpty = held === null || held === '' || held === 0;
  if (value === false) return operator === '=' ? isEmpty : !isEmpty;
  if (operator === 'in') return listOf(value).includes(held);
  if (operator === '=') return held === value || (value === 0 && isEmpty);
  if (held === null) return false;
  return operator === '<' ? order(held, value) < 0 : order(held, value) > 0;
}

function compare(text: string, one: Row, other: Row): number {
  for (const term of text.split(',')) {
    const [field = 'id', direction] = term.trim().split(' ');
    const [a = null, b = null] = [one[field], other[field]];
    // As PostgreSQL: nulls are larger than everything.
    const result = a === null || b === null ? Number(a === null) - Number(b === null) : order(a, b);
    if (result !== 0) return direction === 'desc' ? -result : result;
  }
  return 0;
}

function order(one: Json, other: Json): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [a, b] = [String(one), String(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
