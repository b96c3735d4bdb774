import { KEY } from '../../testing/sample-endpoint.ts';

export type Init = { method?: string; body?: unknown; headers?: Record<string, string> };

/** Asks an address under /v1 with the key of the sample endpoint. */
export async function askV1(url: string, path: string, { method = 'GET', body, headers = {} }: Init = {}) {
  const bytes = body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body);
  const answered = await fetch(`${url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: bytes }),
  });
  const text = await answered.text();
  const isJson = (answered.headers.get('content-type') ?? '').includes('json');
  return { status: answered.status, headers: answered.headers, text, json: isJson ? JSON.parse(text) : null };
}
