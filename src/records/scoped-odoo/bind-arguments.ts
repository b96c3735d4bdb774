import type { Json } from '../../odoo/index.ts';
import type { JsonObject } from '../scope/json.ts';
import { badArgument, idsOf, isNothing, objectOf } from './arguments.ts';
import type { Caller, OdooCall } from './caller.ts';

/** How a method of Odoo's ORM takes its arguments. */
export type Signature = {
  /** A method on records takes their ids first. */
  on: 'model' | 'records' | 'records-or-none';
  /** The other arguments, in their order (odoo/orm/models.py of Odoo 19). */
  names: readonly string[];
  /** What arguments are called elsewhere, or were in older Odoos. */
  aliases?: Readonly<Record<string, string>>;
};

/** The arguments of one call by their names, and the context, judged. */
export type BoundArguments = {
  ids: number[];
  named: { readonly [name: string]: Json | undefined };
  context: JsonObject | undefined;
};

/** Gives each argument its name. Throws a TypeError, as Python does, for too many, unknown or doubled ones. */
export function bindArguments(
  { method, ids, args, kwargs }: OdooCall,
  { on, names, aliases = {} }: Signature,
  caller: Caller,
): BoundArguments {
  const { context, ...rest } = kwargs;
  const isOnRecords = on !== 'model';
  if (!isOnRecords && !isNothing(ids)) throw badArgument(`cannot call ${method} with ids`);
  const [first, ...others] = ids === undefined ? args : [ids, ...args];
  const byPosition = isOnRecords ? others : args;
  const named: Record<string, Json> = {};
  for (const [index, value] of byPosition.entries()) {
    const name = names[index];
    if (name === undefined) throw badArgument(`${method}() got too many arguments by position`);
    named[name] = value;
  }
  for (const [given, value] of Object.entries(rest)) {
    const name = Object.hasOwn(aliases, given) ? (aliases[given] ?? given) : given;
    if (!names.includes(name)) throw badArgument(`${method}() got an unexpected keyword argument '${given}'`);
    if (Object.hasOwn(named, name))
      throw badArgument(`${method}() got multiple values for argument '${name}'`);
    named[name] = value;
  }
  if (on === 'records' && first === undefined) throw badArgument(`${method}() needs the ids of records`);
  return {
    ids: isOnRecords && first !== undefined ? idsOf(first) : [],
    named,
    context: contextOf(context, caller),
  };
}

/**
 * A judged context; undefined for an empty one. Its user may be named, as clients do, where he is the endpoint's own; an
 * endpoint with a company of its own always has one.
 */
export function contextOf(context: Json | undefined, { scope }: Caller): JsonObject | undefined {
  const { uid, ...rest } = objectOf('context', context);
  const isOwn = uid === undefined || uid === scope.endpoint.userId;
  const judged = scope.context(isOwn ? rest : { uid, ...rest });
  return isNothing(judged) ? undefined : judged;
}
