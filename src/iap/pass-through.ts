import type { Config } from '../config/index.ts';
import { type HttpContext, HttpError, type Route, rawBody } from '../http/index.ts';
import { headersForUpstream } from './pass-headers.ts';
import { createUpstream, type Upstream } from './upstream.ts';

export type IapPassThrough = { routes: Route[]; stop(): Promise<void> };

/** Below these Odoo 17, 18 and 19 ask the server of `sms.endpoint` (`sms/tools/sms_api.py`), below all others that of `iap.endpoint`. */
const SMS_PATH = /^\/(api\/sms|1\/account)(\/|\?|$)/;
const NO_BODY = new Set([204, 205, 304]);
/** So that the time limit of the upstream comes first, and its words. */
const MARGIN_MS = 1_000;

/**
 * Passes on to Odoo's own services (IAP) what Viaduct has no address for, byte for byte. A page for a browser is answered
 * with a redirect instead: its cookies, pictures and forms belong to that server's own address.
 */
export function createIapPassThrough({ iap, http }: Pick<Config, 'iap' | 'http'>): IapPassThrough {
  const sms = iap.smsUpstream === undefined ? null : createUpstream(iap.smsUpstream, iap);
  const others = iap.upstream === undefined ? null : createUpstream(iap.upstream, iap);
  const upstreams = [sms, others].filter((upstream) => upstream !== null);

  async function handle(c: HttpContext): Promise<Response> {
    const path = c.env.incoming.url ?? '';
    const upstream = SMS_PATH.test(path) ? sms : others;
    if (upstream === null || !path.startsWith('/')) throw nothingHere();
    if (isPage(c)) return c.redirect(`${upstream.origin}${path}`, 307);
    return pass(c, path, upstream);
  }

  const common = {
    path: '/*',
    handle,
    isFallback: true,
    rateLimit: { count: 'requests', points: http.requestsPerMinute, windowSeconds: 60 },
    answerTimeoutMs: http.receiveTimeoutMs + iap.timeoutMs + MARGIN_MS,
  } as const;
  return {
    routes:
      upstreams.length === 0
        ? []
        : [
            { method: 'GET', ...common },
            { method: 'POST', ...common },
          ],
    stop: async () => void (await Promise.all(upstreams.map((upstream) => upstream.stop()))),
  };
}

async function pass(c: HttpContext, path: string, upstream: Upstream): Promise<Response> {
  const { incoming, outgoing } = c.env;
  const { status, headers, body } = await upstream.ask({
    method: c.req.method === 'POST' ? 'POST' : 'GET',
    path,
    headers: headersForUpstream(incoming.rawHeaders),
    body: await rawBody(c),
  });
  // The answer is another server's: only the id of the request is added to it, and a content type where it has none.
  outgoing.isPassedOn = true;
  return new Response(NO_BODY.has(status) ? null : new Uint8Array(body), { status, headers });
}

function isPage(c: HttpContext): boolean {
  return c.req.method === 'GET' && (c.req.header('accept') ?? '').includes('text/html');
}

function nothingHere(): HttpError {
  return new HttpError({ status: 404, code: 'no-such-route', detail: 'There is nothing at this address.' });
}
