/** Anything JSON can carry: what goes to Odoo and comes back. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** True for an object with named members. */
export function isJsonObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export type CallOptions = {
  /** Named arguments of the method, `context` among them. */
  kwargs?: { readonly [name: string]: Json };
  /** Overrides the client's own limit, in milliseconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /**
   * True when running the call twice does no harm (reads, idempotent procedures):
   * only then is it tried again after a connection broke with its outcome unknown.
   */
  idempotent?: boolean;
};

export type OdooVersion = { major: number; text: string; edition: 'community' | 'enterprise' };

/**
 * One database of one Odoo, seen as one user. Every method rejects with an {@link OdooError};
 * while the circuit is open they reject at once with code `odoo-unavailable`.
 */
export interface OdooClient {
  /** The database's name, for logs. */
  readonly database: string;
  /** `model.method(*args, **kwargs)`; one RPC call, one transaction in Odoo. */
  call(model: string, method: string, args: readonly Json[], options?: CallOptions): Promise<Json>;
  /**
   * Runs the server action with the external id `module.procedure_<name>` and returns `value` of the
   * `action = {'result': value}` that its code ends with (`run` would turn a bare falsy value into False); the code
   * reads `payload` from `env.context['viaduct']` and runs with the rights of the client's user. One RPC call, one
   * transaction. Rejects with code `odoo-procedure-missing` where the addon is not provisioned.
   */
  procedure(qualifiedName: string, payload: Json, options?: CallOptions): Promise<Json>;
  version(): Promise<OdooVersion>;
  /** Technical names of the installed apps. */
  apps(): Promise<readonly string[]>;
  /** RPC calls that left this process so far: a tested figure. */
  callCount(): number;
  stop(): Promise<void>;
}
