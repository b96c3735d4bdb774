import type { Clock } from '../clock.ts';
import type { RecordsDatabase } from './database.ts';
import type { Visit } from './endpoints/door.ts';
import { createFieldBook } from './scope/field-book.ts';
import type { FieldBook, FieldsOfModels } from './scope/field-meta.ts';
import { createScope, type Scope } from './scope/scope.ts';

/** What a visitor may do, and the fields that Odoo says his models have. */
export type VisitScope = { scope: Scope; fields: FieldsOfModels };

/** Makes the scopes of visits; what Odoo says of fields is kept for each database. */
export function createScopes(
  clock: Clock,
): (visit: Pick<Visit, 'database' | 'endpoint'>) => Promise<VisitScope> {
  const books = new WeakMap<RecordsDatabase, FieldBook>();

  function bookOf(database: RecordsDatabase): FieldBook {
    const known = books.get(database);
    if (known !== undefined) return known;
    const book = createFieldBook({ read: database.fields, clock });
    books.set(database, book);
    return book;
  }

  return async ({ database, endpoint }) => {
    const fields = await bookOf(database).of(endpoint.grants.map(({ model }) => model));
    return { scope: createScope({ endpoint, fields }), fields };
  };
}
