import Deserializer from 'xmlrpc/lib/deserializer.js';
import { z } from 'zod';
import type { Json } from '../../odoo/index.ts';
import { OdooFault } from './odoo-fault.ts';

export type XmlRpcCall = { method: string; params: readonly Json[] };

/** A value takes two elements at least. */
const MOST_ELEMENTS = 100_000;
/** Arrays and structs in one another; Odoo is sent no more. */
const MOST_LEVELS = 100;
const WHOLE_NUMBER = /^\s*[+-]?\d{1,16}\s*$/;
const DATE_TIME = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)/;

const ReadCall = z.object({ method: z.string(), params: z.custom<readonly Json[]>(Array.isArray) });

/**
 * Reads an XML-RPC call. The library's parser knows no entities but those of HTML and single characters; it is bounded here,
 * and gives numbers, dates and bytes as JSON would carry them. Throws a BadRequest for what is no call.
 */
export function readXmlRpcCall(text: string): XmlRpcCall {
  let failure: unknown;
  let call: XmlRpcCall | undefined;
  const source = {
    setEncoding: () => {},
    on: () => {},
    // All of it at once, so that what is thrown while it is read comes back here.
    pipe: (parser: { write: (text: string) => void; end: () => void }) => {
      parser.write(text);
      parser.end();
    },
  };
  try {
    new BoundedDeserializer().deserializeMethodCall(source, (error, method, params) => {
      failure ??= error;
      if (!error) call = ReadCall.parse({ method, params });
    });
  } catch (error) {
    failure ??= error;
  }
  if (failure instanceof OdooFault) throw failure;
  if (failure || call === undefined) throw new OdooFault('BadRequest', 'The body is no XML-RPC call.');
  return call;
}

class BoundedDeserializer extends Deserializer {
  #elements = 0;

  constructor() {
    super();
    this.parser.on('doctype', () => {
      throw new OdooFault('BadRequest', 'A document type has no place in an XML-RPC call.');
    });
  }

  override onOpentag(node: unknown): void {
    this.#elements += 1;
    if (this.#elements > MOST_ELEMENTS) throw tooLarge(`more than ${MOST_ELEMENTS} elements`);
    super.onOpentag(node);
    if (this.marks.length > MOST_LEVELS) throw tooLarge(`more than ${MOST_LEVELS} levels`);
  }

  override endInt(text: string): void {
    if (!WHOLE_NUMBER.test(text))
      throw new OdooFault('BadRequest', 'An <int> holds something else than a number.');
    this.push(Number(text));
    this.value = false;
  }

  override endI8(text: string): void {
    this.endInt(text);
  }

  /** As Odoo's fields take bytes. */
  override endBase64(text: string): void {
    this.push(text.replace(/\s+/g, ''));
    this.value = false;
  }

  /** As Odoo writes them; the library would read it as the local time of this machine. */
  override endDateTime(text: string): void {
    const [, year, month, day, hour, minute, second] = DATE_TIME.exec(text.trim()) ?? [];
    if (second === undefined)
      throw new OdooFault('BadRequest', 'A <dateTime.iso8601> holds something else than a time.');
    this.push(`${year}-${month}-${day} ${hour}:${minute}:${second}`);
    this.value = false;
  }

  /** Own members only, whatever they are called. */
  override endStruct(): void {
    const mark = this.marks.pop() ?? 0;
    const items = this.stack.splice(mark);
    const members: [string, unknown][] = [];
    for (let index = 0; index < items.length; index += 2) {
      const name = items[index];
      if (typeof name !== 'string' || index + 1 >= items.length)
        throw new OdooFault('BadRequest', 'A <struct> holds something else than names and values.');
      members.push([name, items[index + 1]]);
    }
    this.push(Object.fromEntries(members));
    this.value = false;
  }
}

function tooLarge(what: string): OdooFault {
  return new OdooFault('RequestEntityTooLarge', `The call has ${what}. Send less at a time.`);
}
