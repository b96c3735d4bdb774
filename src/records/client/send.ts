/** Anything JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type ViaductClientOptions = {
  /** Where Viaduct is, as `https://viaduct.example.com`. */
  url: string;
  /** A key of the endpoint; none for a public one. */
  key?: string;
  /** The uuid of a public endpoint. */
  endpoint?: string;
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** For one call, in milliseconds; 60 s unless said otherwise. */
  timeoutMs?: number;
};

/** What a call may have beside its body and its query. */
export type CallHeaders = {
  /** The same key with the same request does nothing again and gives the first answer. */
  idempotencyKey?: string;
  /** The ETag that the record must still have. */
  ifMatch?: string;
};

export type Sent = CallHeaders & {
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: unknown;
  /** A file instead of a body, and its type. */
  file?: { bytes: Uint8Array; type: string };
};

/** A refusal, with the members of its problem details: `code` is for programs, `odoo` has Odoo's own words. */
export class ViaductProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly model: string | undefined;
  readonly field: string | undefined;
  readonly odoo: string | undefined;

  constructor(status: number, members: Readonly<Record<string, unknown>>) {
    const text = (name: string) => (typeof members[name] === 'string' ? members[name] : undefined);
    super(text('detail') ?? `Viaduct answered ${status}.`);
    this.name = 'ViaductProblem';
    this.status = status;
    this.code = text('code') ?? 'unknown';
    this.requestId = text('requestId');
    this.model = text('model');
    this.field = text('field');
    this.odoo = text('odoo');
  }
}

export type Send = (method: string, path: string, sent: Sent) => Promise<Response>;

/** Sends requests to one endpoint; rejects with a {@link ViaductProblem} for every refusal. */
export function createSend({ url, key, endpoint, timeoutMs = 60_000, ...more }: ViaductClientOptions): Send {
  const send = more.fetch ?? ((address, init) => fetch(address, init));
  const base = url.replace(/\/+$/, '');
  return async (method, path, { query = {}, body, file, idempotencyKey, ifMatch }) => {
    const address = new URL(`${base}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) address.searchParams.set(name, String(value));
    }
    const headers = {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(endpoint === undefined ? {} : { 'viaduct-endpoint': endpoint }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(file === undefined ? {} : { 'content-type': file.type }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const bytes = file === undefined ? undefined : new Blob([Uint8Array.from(file.bytes)]);
    const content = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await send(address.href, {
      ...{ method, headers, signal: AbortSignal.timeout(timeoutMs) },
      ...(content === undefined ? {} : { body: content }),
    });
    if (response.ok) return response;
    throw new ViaductProblem(response.status, membersOf(await response.text()));
  };
}

function membersOf(text: string): Record<string, unknown> {
  try {
    const members: unknown = JSON.parse(text);
    return typeof members === 'object' && members !== null ? { ...members } : {};
  } catch {
    return {};
  }
}

/** The JSON of an answer, as the OpenAPI document describes it. */
export async function jsonOf<Answer>(response: Promise<Response>): Promise<Answer> {
  const answer: Answer = JSON.parse(await (await response).text());
  return answer;
}
