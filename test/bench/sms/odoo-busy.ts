import { subscribe, unsubscribe } from 'node:diagnostics_channel';

type RequestEvent = { request: { origin?: string | URL } };

/**
 * How long at least one request to Odoo was under way. Viaduct and the bench talk to Odoo through undici in this process,
 * which announces each request: nothing of what is measured has to know about it.
 */
export function watchOdoo(odooUrl: string): { busySeconds: () => number; stop: () => void } {
  const origin = new URL(odooUrl).origin;
  const open = new Set<object>();
  let busyMs = 0;
  let sinceMs = 0;

  const isOdoo = (event: unknown): event is RequestEvent => {
    if (typeof event !== 'object' || event === null || !('request' in event)) return false;
    const { request } = event;
    return (
      typeof request === 'object' &&
      request !== null &&
      'origin' in request &&
      String(request.origin) === origin
    );
  };
  const begin = (event: unknown) => {
    if (!isOdoo(event)) return;
    if (open.size === 0) sinceMs = performance.now();
    open.add(event.request);
  };
  const end = (event: unknown) => {
    if (!isOdoo(event) || !open.delete(event.request)) return;
    if (open.size === 0) busyMs += performance.now() - sinceMs;
  };
  const channels = [
    ['undici:request:create', begin],
    ['undici:request:trailers', end],
    ['undici:request:error', end],
  ] as const;
  for (const [name, listener] of channels) subscribe(name, listener);

  return {
    busySeconds: () => (busyMs + (open.size > 0 ? performance.now() - sinceMs : 0)) / 1000,
    stop: () => {
      for (const [name, listener] of channels) unsubscribe(name, listener);
    },
  };
}
