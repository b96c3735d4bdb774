import { SendAccepted } from '../schema.ts';
import { apiAddress } from './api-address.ts';
import { chargesOf } from './charges.ts';
import { outcomeOfAnswer, type SendOutcome } from './errors.ts';
import { countSegments } from './segments.ts';
import type { GatewayApiAccount, OutgoingSms, SendingApi } from './sending-api.ts';

/** GatewayAPI's REST API, `POST /rest/mtsms`: one message for each SMS, so that each has an id of its own. */
export function createRestApi({ callbackUrl }: { callbackUrl: string }): SendingApi {
  return {
    url: ({ baseUrl }) => new URL('/rest/mtsms', apiAddress(baseUrl, 'rest')),
    write: (account, messages) =>
      JSON.stringify(messages.map((message) => asRequest(message, account, callbackUrl))),
    read: (answer, messages) =>
      answer.status === 200 ? acceptedOutcome(answer.body, messages) : outcomeOfAnswer(answer, messages),
  };
}

/** Class and label must be equal in all of a request (REST documentation); both are the account's, so they are. */
function asRequest(message: OutgoingSms, { sender, sending }: GatewayApiAccount, callbackUrl: string) {
  const { encoding } = countSegments(message.content);
  return {
    sender,
    message: message.content,
    recipients: [{ msisdn: message.msisdn }],
    userref: message.userref,
    callback_url: callbackUrl,
    // The answer then says how many segments each was charged as.
    extra_details: 'recipients_usage',
    // GatewayAPI never detects it: other text sent as GSM 03.38 arrives mangled.
    ...(encoding === 'UCS2' ? { encoding } : {}),
    ...(sending.messageClass === null ? {} : { class: sending.messageClass }),
    ...(sending.priority === null ? {} : { priority: sending.priority }),
    ...(sending.label === null ? {} : { label: sending.label }),
    ...(sending.validityMinutes === 0 ? {} : { validity_period: sending.validityMinutes * 60 }),
  };
}

/**
 * A 200 that begins as GatewayAPI's answer does is an acceptance even where the rest cannot be read: the reports match by
 * `userref`, not by id. A page of something in between proves nothing.
 */
function acceptedOutcome(body: string, messages: readonly OutgoingSms[]): SendOutcome {
  if (!body.trimStart().startsWith('{')) {
    return { kind: 'unknown', words: 'GatewayAPI answered 200 with something else than JSON.' };
  }
  try {
    const answer = SendAccepted.parse(JSON.parse(body));
    if (answer.ids.length === messages.length) {
      return { kind: 'accepted', ids: answer.ids, charges: chargesOf(answer, messages) };
    }
  } catch {}
  return { kind: 'accepted', ids: [] };
}
