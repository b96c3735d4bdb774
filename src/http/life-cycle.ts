import type { Server } from 'node:http';
import { errorText, ViaductError } from '../errors.ts';

const IDLE_SWEEP_MS = 25;

/** Listens, and tells the port. Rejects with `port-unavailable`. */
export function listen(
  server: Server,
  { host, port }: { host: string; port: number },
): Promise<{ port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(unavailable(host, port, error)));
    server.listen(port, host, () => {
      const address = server.address();
      resolve({ port: address !== null && typeof address === 'object' ? address.port : port });
    });
  });
}

/** Stops accepting, waits up to `graceMs` for running requests, then cuts what is left. */
export function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    // A connection becomes idle when its last answer went out; Node would keep it until the client lets go.
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cut);
      resolve();
    });
  });
}

function unavailable(host: string, port: number, cause: unknown): ViaductError {
  const message = `Viaduct cannot listen on ${host}:${port}: ${errorText(cause)}. Set VIADUCT_HOST and VIADUCT_PORT to a free address.`;
  return new ViaductError({ code: 'port-unavailable', message, retry: 'after-config', cause });
}
