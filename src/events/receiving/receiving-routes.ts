import { z } from 'zod';
import type { SecretPlaces } from '../../config/index.ts';
import {
  type HttpContext,
  type Problem,
  parseJson,
  type RateLimit,
  type Route,
  rawBody,
} from '../../http/index.ts';
import type { Journal } from '../../journal/index.ts';
import type { Json } from '../../odoo/index.ts';
import { momentText } from '../moment.ts';
import type { Source } from '../records.ts';
import { isPushSignature } from './push-signature.ts';
import {
  isPushKind,
  isTooDeep,
  PUSH_MODELS,
  type PushKind,
  type ReadPush,
  readNativePush,
  readPushedEvent,
  TOO_DEEP,
} from './pushed-event.ts';
import type { Received } from './received.ts';
import { receivedEntry } from './received-entry.ts';
import { createSourceKeys, type KnownSource, sourceWithKey, sourceWithToken } from './source-keys.ts';

/** A database, and who may push to it. */
export type ReceivingDatabase = {
  /** Odoo's `database.uuid`. */
  id: string;
  /** As last read; a promise when that was never read. */
  sources: () => readonly Source[] | Promise<readonly Source[]>;
};

export type ReceivingRoutesOptions = {
  journal: Pick<Journal, 'append'>;
  /** May end by throwing when one is not known yet. */
  databases: () => Iterable<ReceivingDatabase>;
  places: SecretPlaces;
  rateLimit: RateLimit;
  nowMs: () => number;
  /** A new uuid. */
  newUuid: () => string;
  onPush: (outcome: 'received' | 'refused') => void;
  /** A secret of a source cannot be read, in words for an administrator. */
  onFault: (sourceId: number, words: string) => void;
};

const TAKEN = { status: 'success', message: 'Webhook traité' };
const BEARER = /^bearer +(\S+) *$/i;
const MOST_VALUES = 50_000;
const AnyJson = z.custom<Json>();

type Found = { database: string; source: KnownSource };
type Refusal = { status: 400 | 401 | 403 | 422; words: string };
type Push = Found & { bytes: Buffer };
type Reader = (body: Json) => ReadPush;

/**
 * Where other Odoo systems push their events, answered once the journal has them on disk. Addresses and answers are those of the
 * FastAPI document that this stands in for.
 */
export function createReceivingRoutes(options: ReceivingRoutesOptions): Route[] {
  const { journal, nowMs } = options;
  const keys = createSourceKeys(options);

  async function find(pick: (sources: readonly KnownSource[]) => KnownSource | null): Promise<Found | null> {
    for (const database of options.databases()) {
      const source = pick(await keys.of(await database.sources()));
      if (source !== null) return { database: database.id, source };
    }
    return null;
  }

  async function receivePushed(c: HttpContext, kind: PushKind): Promise<Response> {
    const bytes = await rawBody(c);
    const key = BEARER.exec(headerOf(c, 'authorization'))?.[1];
    const found = key === undefined ? null : await find((sources) => sourceWithKey(sources, key));
    if (found === null) return refuse(c, UNAUTHORIZED);
    const { kinds } = found.source;
    if (isPushKind(kinds) && kinds !== kind) {
      return refuse(c, { status: 403, words: `This key is for /webhooks/odoo/${kinds} only.` });
    }
    return take(c, { ...found, bytes }, false, (body) => readPushedEvent(kind, body, nowMs()));
  }

  async function receiveNative(c: HttpContext): Promise<Response> {
    const bytes = await rawBody(c);
    const found = await find((sources) => sourceWithToken(sources, c.req.param('token') ?? ''));
    if (found === null) return refuse(c, UNAUTHORIZED);
    return take(c, { ...found, bytes }, true, (body) => readNativePush(found.source.kinds, body, nowMs()));
  }

  /** What a known sender sends is kept, be it understood or not: his administrator sees why it was refused. */
  async function take(c: HttpContext, push: Push, isNative: boolean, read: Reader): Promise<Response> {
    const body = jsonOf(push.bytes);
    if (!isNative && !isSigned(push, headerOf(c, 'x-signature'), body)) return refuse(c, BAD_SIGNATURE);
    if (body === undefined) return keepRefused(c, push, { status: 400, words: 'The body is no JSON.' });
    const result = isTooDeep(body) ? TOO_DEEP : read(body);
    if (!result.ok) return keepRefused(c, push, { status: 422, words: result.words });
    const { type, model, recordId, at } = result.event;
    await keep(push, { type, isNative, model, recordId, at, refusal: null });
    options.onPush('received');
    return c.json(TAKEN);
  }

  async function keepRefused(c: HttpContext, push: Push, refusal: Refusal): Promise<Response> {
    const at = momentText(nowMs());
    await keep(push, { type: 'refused', isNative: false, model: '', recordId: 0, at, refusal });
    return refuse(c, refusal);
  }

  async function keep(
    { database, source: { id, name }, bytes }: Push,
    facts: Pick<Received, 'type' | 'isNative' | 'model' | 'recordId' | 'at' | 'refusal'>,
  ): Promise<void> {
    const received: Received = {
      ...{ key: `in:${options.newUuid()}`, source: { id, name }, ...facts, only: null },
      ...{ receivedAt: momentText(nowMs()), body: bytes.toString('utf8') },
    };
    await journal.append([receivedEntry(database, received)]);
  }

  function refuse(c: HttpContext, { status, words }: Refusal): Response {
    options.onPush('refused');
    return c.json({ detail: words }, status);
  }

  const common = { method: 'POST', rateLimit: options.rateLimit, tellProblem } as const;
  const kinds = Object.keys(PUSH_MODELS).filter(isPushKind);
  return [
    ...kinds.map((kind): Route => {
      const path = `/webhooks/odoo/${kind}`;
      return { ...common, path, handle: (c) => receivePushed(c, kind) };
    }),
    { ...common, path: '/webhooks/odoo/native/:token', handle: receiveNative },
  ];
}

const UNAUTHORIZED: Refusal = { status: 401, words: 'Unauthorized' };
const BAD_SIGNATURE: Refusal = {
  status: 401,
  words: 'X-Signature is not the HMAC of the body (SHA-256, hex) with the secret of this source.',
};

function isSigned(
  { source: { hmacSecret }, bytes }: Push,
  signature: string,
  body: Json | undefined,
): boolean {
  if (hmacSecret === null) return true;
  const isJson = body !== undefined && !isTooDeep(body);
  return hmacSecret !== 'unknown' && isPushSignature(signature, { bytes, isJson }, hmacSecret.text);
}

function headerOf(c: HttpContext, name: string): string {
  const value = c.env.incoming.headers[name];
  return typeof value === 'string' ? value : '';
}

/** Undefined where it is no JSON. Throws `too-many-values`. */
function jsonOf(bytes: Buffer): Json | undefined {
  try {
    return AnyJson.parse(parseJson(bytes, MOST_VALUES));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** As FastAPI tells them. */
function tellProblem(c: HttpContext, { status, detail, headers }: Problem): Response {
  return c.json({ detail }, status, { ...headers });
}
