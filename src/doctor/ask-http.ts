import { request } from 'undici';

const MOST_BYTES = 65_536;

export type HttpAnswer = { status: number; header: (name: string) => string | undefined; body: string };

export type HttpQuestion = {
  signal: AbortSignal;
  headers?: Readonly<Record<string, string>>;
  /** Posted, where there is one. */
  body?: string;
};

/** One GET or POST without following redirects; of the answer 64 KiB are read. Rejects with what undici rejects with. */
export async function askHttp(
  url: string,
  { signal, headers = {}, body }: HttpQuestion,
): Promise<HttpAnswer> {
  const how = body === undefined ? {} : { method: 'POST', body };
  const answer = await request(url, { signal, headers, ...how });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MOST_BYTES) break;
  }
  return {
    status: answer.statusCode,
    header: (name) => [answer.headers[name]].flat()[0],
    body: Buffer.concat(chunks).toString('utf8', 0, MOST_BYTES),
  };
}
