import type { Json, OdooClient } from '../../odoo/index.ts';
import type { JsonObject } from '../scope/json.ts';
import type { Scope } from '../scope/scope.ts';

/** Who calls: what the endpoint may, and a way to Odoo as its user. */
export type Caller = { scope: Scope; call: OdooClient['call'] };

/** A call as Odoo's own protocols carry it. */
export type OdooCall = {
  model: string;
  method: string;
  /** The records it runs on, where the protocol says them apart. */
  ids?: Json;
  /** Those by position; of a method on records, its ids first unless they are said apart. */
  args: readonly Json[];
  kwargs: JsonObject;
};
