/** The body as text, or what came of it before the connection broke; at most `maxBytes` are read. Never rejects. */
export async function readAnswer(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk.subarray(0, maxBytes - size));
      size += chunk.length;
      if (size >= maxBytes) break;
    }
  } catch {}
  return Buffer.concat(chunks).toString('utf8');
}
