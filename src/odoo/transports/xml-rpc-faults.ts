import { z } from 'zod';
import { faultError, OdooError } from '../errors.ts';

/** What the library makes of a fault. */
const Fault = z.object({ faultCode: z.union([z.string(), z.number()]), faultString: z.string().default('') });

/** Answered, but in a shape that Odoo cannot write as XML; by then the transaction is committed. */
const NOT_WRITABLE = /^(cannot marshal |int exceeds XML-RPC limits|dictionary key must be string)/;

/**
 * What an XML-RPC fault says; undefined for what is no fault. `/xmlrpc/` (not `/xmlrpc/2/`, which leaves the class out)
 * names the class in the code, or gives a traceback (odoo, xmlrpc_handle_exception_string).
 */
export function readFault(error: unknown): { name: string; message: string; traceback: string } | undefined {
  const parsed = Fault.safeParse(error);
  if (!parsed.success) return undefined;
  const { faultCode, faultString } = parsed.data;
  const code = String(faultCode);
  if (code === 'AccessDenied') return { name: code, message: faultString, traceback: '' };
  const [, warning, words = ''] = /^warning -- (\w+)\n\n([\s\S]*)$/.exec(code) ?? [];
  if (warning !== undefined) {
    return { name: warning === 'Warning' ? 'RedirectWarning' : warning, message: words, traceback: '' };
  }
  return { name: raisedClass(faultString), message: code, traceback: faultString };
}

/** The class after the last frame of a Python traceback: frames are indented, the exception is not. */
function raisedClass(traceback: string): string {
  const last = traceback.slice(traceback.lastIndexOf('Traceback (most recent call last):')).split('\n');
  const line = last.slice(1).find((text) => /^\S/.test(text)) ?? '';
  return /^[\w.]+/.exec(line)?.[0] ?? '';
}

/** The error of a fault; null where it only says that the method returned None, which XML-RPC cannot write. */
export function xmlFaultError(
  what: string,
  fault: { name: string; message: string; traceback: string },
): OdooError | null {
  if (!NOT_WRITABLE.test(fault.message)) return faultError(what, fault);
  const isInsideAnswer = /\bin dump_(struct|array|frozen_dict)\b/.test(fault.traceback);
  if (fault.message.startsWith('cannot marshal None') && !isInsideAnswer) return null;
  return new OdooError({
    kind: 'protocol',
    outcome: 'unknown',
    code: 'odoo-answer-lost',
    retry: 'never',
    message: `Odoo ran ${what}, but its answer cannot be written as XML-RPC: ${fault.message}. Use another transport.`,
  });
}
