import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { errorText, ViaductError } from '../errors.ts';
import { OperatorReply, type OperatorRequest } from './schema.ts';

const ANSWER_TIMEOUT_MS = 60_000;
/** Nobody listens there: no Viaduct runs on this journal. */
const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK']);

/** Asks the running Viaduct; undefined when none runs. Rejects with what it answered, or with `operator-socket`. */
export async function askRunning(
  path: string,
  request: OperatorRequest,
): Promise<{ answer?: unknown } | undefined> {
  const socket = connect({ path });
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('no answer came in time')));
  try {
    socket.write(`${JSON.stringify(request)}\n`);
    const reply = OperatorReply.parse(JSON.parse(await text(socket)));
    if ('error' in reply) throw new ViaductError({ ...reply.error, retry: 'never' });
    return reply;
  } catch (error) {
    if (error instanceof ViaductError) throw error;
    if (error instanceof Error && 'code' in error && NOBODY.has(String(error.code))) return undefined;
    throw new ViaductError({
      code: 'operator-socket',
      message: `The running Viaduct cannot be asked at ${path}: ${errorText(error)}. Run the command as the user that Viaduct runs as.`,
      retry: 'after-config',
      cause: error,
    });
  } finally {
    socket.destroy();
  }
}
