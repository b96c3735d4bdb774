import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { type Behaviour, OK, type Received, startReceiver } from '../../../fixtures/receiver/index.ts';
import type { Receipt } from './judge.ts';

/** Longer than subscriptions wait. */
const TOO_SLOW_MS = 3_000;

/** How often the receiver does what; otherwise it takes what comes. */
const FAULTS: readonly { share: number; behaviour: Behaviour }[] = [
  { share: 0.08, behaviour: { kind: 'answer', status: 500, body: 'Internal error' } },
  { share: 0.02, behaviour: { kind: 'answer', status: 503, headers: { 'retry-after': '1' } } },
  { share: 0.03, behaviour: { kind: 'reset' } },
  { share: 0.02, behaviour: { kind: 'hang' } },
  { share: 0.04, behaviour: { kind: 'slow', ms: 300 } },
  { share: 0.02, behaviour: { kind: 'slow', ms: TOO_SLOW_MS } },
];

export type ChaosReceiver = {
  url: string;
  receipts: () => readonly Receipt[];
  /** How often it did what, by kind and status. */
  counts: () => Readonly<Record<string, number>>;
  /** From now on everything is taken at once. */
  calmDown: () => void;
  stop: () => Promise<void>;
};

const Body = z
  .string()
  .transform(parseJson)
  .pipe(
    z.object({
      event: z.string().startsWith('res.partner.'),
      data: z.object({ id: z.number(), name: z.string().nullish() }),
    }),
  );

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Starts a receiver that fails, hangs, resets and is slow by chance, and checks each request as it comes. */
export async function startChaosReceiver(secret: string, random: () => number): Promise<ChaosReceiver> {
  const webhook = new Webhook(secret);
  const receipts: Receipt[] = [];
  const counts: Record<string, number> = {};
  let isCalm = false;

  function nextBehaviour(): Behaviour {
    let left = isCalm ? 1 : random();
    for (const { share, behaviour } of FAULTS) {
      if (left < share) return behaviour;
      left -= share;
    }
    return OK;
  }

  function isSigned({ headers, body }: Received): boolean {
    try {
      webhook.verify(body, z.record(z.string(), z.string()).parse(headers));
      return true;
    } catch {
      return false;
    }
  }

  const receiver = await startReceiver({
    maxKept: 0,
    onRequest: (request) => {
      const behaviour = nextBehaviour();
      const name = behaviour.kind === 'answer' ? `answer ${behaviour.status}` : behaviour.kind;
      counts[name] = (counts[name] ?? 0) + 1;
      const isAccepted = behaviour === OK || behaviour.kind === 'slow';
      receipts.push({ ...contentOf(request), isAccepted, isSigned: isSigned(request) });
      // Read at once after this, before any other request comes in between.
      receiver.behave(request.path, behaviour);
    },
  });
  return {
    url: receiver.url,
    receipts: () => receipts,
    counts: () => ({ ...counts }),
    calmDown: () => {
      isCalm = true;
    },
    stop: receiver.stop,
  };
}

/** What cannot be read is about a record that nobody ever committed. */
function contentOf({ path, headers, body }: Received): Omit<Receipt, 'isAccepted' | 'isSigned'> {
  const webhookId = String(headers['webhook-id']);
  const parsed = Body.safeParse(body);
  if (!parsed.success) return { path, webhookId, kind: 'unreadable', recordId: 0, value: body };
  const { event, data } = parsed.data;
  const kind = event.slice(event.lastIndexOf('.') + 1);
  return { path, webhookId, kind, recordId: data.id, value: data.name ?? '' };
}
