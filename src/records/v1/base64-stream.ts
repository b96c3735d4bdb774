/** Characters decoded at a time; a multiple of four, so that each part is whole. */
const PART = 65_536;

/** The bytes that a base64 text holds, decoded part by part as they are taken, and how many there are. */
export function base64Stream(text: string): { stream: ReadableStream<Uint8Array>; length: number } {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  let at = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= text.length) {
        controller.close();
        return;
      }
      controller.enqueue(new Uint8Array(Buffer.from(text.slice(at, at + PART), 'base64')));
      at += PART;
    },
  });
  return { stream, length: (text.length / 4) * 3 - padding };
}
