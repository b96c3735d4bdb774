import type { Json } from '../../odoo/index.ts';
import { isId, isList, isObject, type JsonObject } from './json.ts';
import { namesFor, quoted, RecordsError } from './records-error.ts';

const TAKEN: readonly string[] = ['lang', 'tz', 'active_test', 'allowed_company_ids'];
const LANGUAGE = /^[A-Za-z]{2,3}(_[A-Za-z0-9]{2,8})?(@[a-z]+)?$/;
const TIME_ZONE = /^[A-Za-z0-9_+\-/]{1,64}$/;

/**
 * The context of a call: language, time zone, whether the archived are left out, and companies. Everything else is refused by
 * name: it could give defaults to fields, switch checks off or act on other records. An endpoint with a company of its own
 * never leaves it; which companies a user may use, Odoo judges.
 */
export function judgeContext(companyId: number | null, context: Json | undefined): JsonObject {
  const own: JsonObject = companyId === null ? {} : { allowed_company_ids: [companyId] };
  if (context === undefined || context === null) return own;
  if (!isObject(context)) throw refused(`The context is ${quoted(context)}; expected an object.`);
  for (const [name, value] of Object.entries(context)) judgeMember(companyId, name, value);
  return { ...context, ...own };
}

function judgeMember(companyId: number | null, name: string, value: Json): void {
  switch (name) {
    case 'lang':
      if (typeof value === 'string' && LANGUAGE.test(value)) return;
      throw refused(`The context has the language ${quoted(value)}; expected a code such as "fr_FR".`);
    case 'tz':
      if (typeof value === 'string' && TIME_ZONE.test(value)) return;
      throw refused(
        `The context has the time zone ${quoted(value)}; expected a name such as "Europe/Paris".`,
      );
    case 'active_test':
      if (typeof value === 'boolean') return;
      throw refused(`The context has ${quoted(value)} for active_test; expected true or false.`);
    case 'allowed_company_ids':
      if (!isList(value) || value.length === 0 || !value.every(isId)) {
        throw refused('The context has allowed_company_ids that are no list of ids.');
      }
      if (companyId === null || value.every((id) => id === companyId)) return;
      throw refused(
        `The context asks for companies ${quoted(value)}; this endpoint works in company ${companyId} only.`,
      );
    default:
      throw refused(`The context may not hold ${quoted(name)}. Allowed are: ${namesFor(TAKEN)}.`);
  }
}

function refused(message: string): RecordsError {
  return new RecordsError({ code: 'context-not-allowed', message });
}
