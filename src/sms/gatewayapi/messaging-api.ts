import { MessagesAccepted, type MessageTaken } from '../schema.ts';
import { apiAddress } from './api-address.ts';
import { type MessageOutcome, outcomeOfAnswer, outcomeOfUntaken, type SendOutcome } from './errors.ts';
import type { GatewayApiAccount, OutgoingSms, SendingApi } from './sending-api.ts';

/**
 * GatewayAPI's messaging API, `POST /mobile/multi` (at most 1,000 messages, one recipient each). It finds the encoding out
 * by itself, and reports to the webhook of the GatewayAPI dashboard: no request can name another address.
 */
export const messagingApi: SendingApi = {
  url: ({ baseUrl }) => new URL('/mobile/multi', apiAddress(baseUrl, 'messaging')),
  write: (account, messages) =>
    JSON.stringify({ messages: messages.map((message) => asRequest(message, account)) }),
  read: (answer, messages) =>
    // 202 by its specification; 200 is the same said by something in between.
    answer.status === 202 || answer.status === 200
      ? acceptedOutcome(answer.body, messages)
      : outcomeOfAnswer(answer, messages),
};

/** The priorities of the REST API in the two words of this one. */
const PRIORITIES = { BULK: 'normal', NORMAL: 'normal', URGENT: 'urgent', VERY_URGENT: 'urgent' } as const;

function asRequest({ userref, msisdn, content }: OutgoingSms, { sender, sending }: GatewayApiAccount) {
  return {
    sender,
    recipient: Number(msisdn),
    message: content,
    reference: userref,
    ...(sending.priority === null ? {} : { priority: PRIORITIES[sending.priority] }),
    ...(sending.label === null ? {} : { label: sending.label }),
    ...(sending.validityMinutes === 0 ? {} : { expiration: `PT${sending.validityMinutes}M` }),
  };
}

/** As with the REST API, what begins as its answer does is an acceptance even where the rest cannot be read. */
function acceptedOutcome(body: string, messages: readonly OutgoingSms[]): SendOutcome {
  if (!body.trimStart().startsWith('{')) {
    return { kind: 'unknown', words: 'GatewayAPI accepted it with something else than JSON.' };
  }
  let taken: readonly MessageTaken[];
  try {
    taken = MessagesAccepted.parse(JSON.parse(body)).responses;
  } catch {
    return { kind: 'accepted', ids: [] };
  }
  const byReference = new Map(taken.map((one) => [one.reference ?? '', one]));
  return {
    kind: 'each',
    outcomes: messages.map((message, index) =>
      outcomeOfOne(byReference.get(message.userref) ?? sameRecipient(taken[index], message)),
    ),
  };
}

/** An answer without our reference is of this message when it stands in its place and names its number. */
function sameRecipient(one: MessageTaken | undefined, { msisdn }: OutgoingSms): MessageTaken | undefined {
  const isNameless = one?.reference == null || one.reference === '';
  return isNameless && String(one?.recipient ?? '') === msisdn ? one : undefined;
}

function outcomeOfOne(one: MessageTaken | undefined): MessageOutcome {
  if (one === undefined) {
    return { kind: 'unknown', words: 'GatewayAPI accepted the request, but did not name this SMS.' };
  }
  return one.msg_id ? { kind: 'accepted', messageId: one.msg_id } : outcomeOfUntaken(one);
}
