import { unreachable } from '../../errors.ts';
import type { MessageOutcome, SendOutcome } from '../gatewayapi/errors.ts';
import type { OutgoingSms } from '../gatewayapi/sending-api.ts';

type Part = readonly OutgoingSms[];
type Send = (messages: Part) => Promise<SendOutcome>;
type Refused = Extract<SendOutcome, { kind: 'refused' }>;

/**
 * Sends messages in as few requests as possible, and tells the outcome of each by its userref. GatewayAPI refuses a
 * whole request for one bad message, so a refused request is taken apart: the numbers that the error names go alone,
 * else each half by itself, until only the bad ones are left. After an answer that asks to wait, or none at all, nothing
 * more is sent: what is left was not accepted.
 */
export async function sendBatch(messages: Part, send: Send): Promise<Map<string, MessageOutcome>> {
  const outcomes = new Map<string, MessageOutcome>();
  const parts: Part[] = [messages];
  let pause: SendOutcome | null = null;
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    const outcome: SendOutcome = pause ?? (await send(part));
    if (outcome.kind === 'invalid') {
      const others = part.filter((_, index) => !outcome.messages.has(index));
      outcome.messages.forEach((refused, index) => {
        const message = part[index];
        if (message !== undefined) outcomes.set(message.userref, refused);
      });
      if (others.length > 0) parts.unshift(others);
      continue;
    }
    const smaller = outcome.kind === 'refused' ? takenApart(part, outcome) : [];
    if (smaller.length > 0) {
      parts.unshift(...smaller);
      continue;
    }
    if (outcome.kind === 'not-accepted') pause = outcome;
    if (outcome.kind === 'unknown')
      pause = { kind: 'not-accepted', words: outcome.words, retryAfterMs: null };
    part.forEach((message, index) => {
      outcomes.set(message.userref, outcomeOfMessage(outcome, index));
    });
  }
  return outcomes;
}

/** The smaller requests to try after a refusal; none when all messages of this one share its fate. */
function takenApart(part: Part, { scope, suspects }: Refused): Part[] {
  switch (scope) {
    case 'account':
      return [];
    case 'text':
      return halvesOf([...Map.groupBy(part, ({ content }) => content).values()]);
    case 'message': {
      const named = part.filter(({ msisdn }) => suspects.includes(msisdn));
      const others = part.filter((message) => !named.includes(message));
      if (named.length > 0 && others.length > 0) return [others, ...named.map((message) => [message])];
      return halvesOf(part.map((message) => [message]));
    }
    default:
      return unreachable(scope);
  }
}

/** Two parts of whole groups; none when there is only one group. */
function halvesOf(groups: readonly Part[]): Part[] {
  const middle = Math.ceil(groups.length / 2);
  return groups.length < 2 ? [] : [groups.slice(0, middle).flat(), groups.slice(middle).flat()];
}

function outcomeOfMessage(outcome: Exclude<SendOutcome, { kind: 'invalid' }>, index: number): MessageOutcome {
  if (outcome.kind === 'each') {
    return outcome.outcomes[index] ?? { kind: 'unknown', words: 'GatewayAPI did not name this SMS.' };
  }
  if (outcome.kind === 'accepted') {
    const charge = outcome.charges?.[index];
    return {
      kind: 'accepted',
      messageId: outcome.ids[index] ?? null,
      ...(charge === undefined ? {} : { charge }),
    };
  }
  if (outcome.kind === 'refused') {
    return { kind: 'refused', failureType: outcome.failureType, words: outcome.words };
  }
  return outcome;
}
