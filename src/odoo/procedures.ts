import { z } from 'zod';
import { OdooError, unexpectedAnswer } from './errors.ts';
import { type CallOptions, isJsonObject, type Json, type OdooClient } from './odoo.ts';
import { cleanCall } from './values.ts';

const ActionIds = z.array(z.object({ module: z.string(), name: z.string(), res_id: z.number() }));
const ProcedureResult = z.object({ result: z.custom<Json>().optional() });

const PREFIX = 'procedure_';
/** Runs another procedure, with payload and answer as one JSON text each. */
const AS_TEXT = 'viaduct_base.as_text';

type ProcedureParts = Pick<OdooClient, 'call' | 'database'> & {
  /** True where the transport cannot write every JSON value: XML-RPC knows no null in an answer, and no large integers. */
  goAsText?: () => boolean;
};

/**
 * Runs server actions by name. The ids of all procedures are read in one call and remembered; they are read again
 * when a name is unknown or its action vanished, because provisioning makes actions anew.
 */
export function createProcedures({
  call,
  database,
  goAsText = () => false,
}: ProcedureParts): OdooClient['procedure'] {
  let directory: Promise<ReadonlyMap<string, number>> | undefined;

  const readAgain = (options: CallOptions) => {
    const reading = readDirectory(call, options);
    directory = reading;
    reading.catch(() => {
      if (directory === reading) directory = undefined;
    });
    return reading;
  };
  const find = async (name: string, options: CallOptions): Promise<number> => {
    const known = (await (directory ?? readAgain(options))).get(name) ?? (await readAgain(options)).get(name);
    if (known === undefined) throw missingProcedure(name, database);
    return known;
  };

  const run: OdooClient['procedure'] = async (name, payload, options = {}) => {
    const id = await find(name, options);
    try {
      return await runAction(call, { name, id, payload, options });
    } catch (error) {
      if (!(error instanceof OdooError) || error.kind !== 'missing') throw error;
      // Either the action itself is gone, or a record that its code worked on.
      const current = (await readAgain(options)).get(name);
      if (current === undefined) throw missingProcedure(name, database);
      if (current === id) throw error;
      return await runAction(call, { name, id: current, payload, options });
    }
  };
  return async (name, payload, options = {}) => {
    // The names are read first: by then it is known which transport answers.
    await find(name, options);
    if (!goAsText()) return await run(name, payload, options);
    const [module, ownName] = name.split('.', 2);
    const procedure = `${module}.${PREFIX}${ownName}`;
    const [clean = null] = cleanCall(name, { args: [payload], kwargs: {} }).args;
    const answer = await run(AS_TEXT, { procedure, payload: JSON.stringify(clean) }, options);
    return resultOf(name, parseText(answer));
  };
}

type Run = { name: string; id: number; payload: Json; options: CallOptions };

async function runAction(call: OdooClient['call'], { name, id, payload, options }: Run): Promise<Json> {
  const { context } = options.kwargs ?? {};
  const base = isJsonObject(context) ? context : {};
  const answer = await call('ir.actions.server', 'run', [[id]], {
    ...options,
    kwargs: { context: { ...base, viaduct: payload } },
  });
  return resultOf(name, answer);
}

function parseText(answer: Json): unknown {
  try {
    return JSON.parse(String(answer));
  } catch {
    throw unexpectedAnswer(AS_TEXT, 'JSON');
  }
}

function resultOf(name: string, answer: unknown): Json {
  const parsed = ProcedureResult.safeParse(answer);
  if (parsed.success) return parsed.data.result ?? null;
  throw new OdooError({
    kind: 'protocol',
    outcome: 'unknown',
    retry: 'never',
    message: `The procedure ${name} gave no result; its code must end with action = {'result': …}.`,
  });
}

async function readDirectory(
  call: OdooClient['call'],
  { signal }: CallOptions,
): Promise<ReadonlyMap<string, number>> {
  const domain = [
    ['model', '=', 'ir.actions.server'],
    ['name', '=like', `${PREFIX.replace('_', '\\_')}%`],
  ];
  const rows = await call('ir.model.data', 'search_read', [domain, ['module', 'name', 'res_id']], {
    idempotent: true,
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw error instanceof OdooError && error.kind === 'access' ? withoutServiceGroup(error) : error;
  });
  const parsed = ActionIds.safeParse(rows);
  if (!parsed.success) throw unexpectedAnswer('ir.model.data.search_read', 'a list of external ids');
  return new Map(
    parsed.data.map((entry) => [`${entry.module}.${entry.name.slice(PREFIX.length)}`, entry.res_id]),
  );
}

function missingProcedure(name: string, database: string): OdooError {
  return new OdooError({
    kind: 'missing',
    outcome: 'not-done',
    code: 'odoo-procedure-missing',
    retry: 'after-config',
    message: `Database "${database}" has no procedure ${name}. Run "viaduct provision".`,
  });
}

function withoutServiceGroup(cause: OdooError): OdooError {
  return new OdooError({
    kind: 'access',
    outcome: 'not-done',
    message: `The login may not look up procedures. Run "viaduct provision", and give its user the group "Viaduct Service". ${cause.message}`,
    cause,
  });
}
