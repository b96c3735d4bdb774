import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';

export const REQUEST_ID_HEADER = 'x-request-id';

type Given = OutgoingHttpHeaders | OutgoingHttpHeader[];

/**
 * Node's response, which carries the headers of every answer, also of those that Node gives by itself (no Host, an Expect
 * that nobody knows). They are put in as the head is written: set one by one before, they cost some per cent of the
 * throughput. What a handler says wins.
 */
export class Answer<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  /** As the answer carries it and as log lines should name it. */
  readonly requestId: string = '';
  readonly common: Readonly<Record<string, string>> = {};
  /** True for another server's answer, which gets none of those. */
  isPassedOn = false;

  override writeHead(status: number, ...rest: [(string | Given)?, Given?]): this {
    const [first, second] = rest;
    const given = typeof first === 'object' ? first : second;
    const own = { ...(this.isPassedOn ? {} : this.common), [REQUEST_ID_HEADER]: this.requestId };
    const headers = Array.isArray(given) ? [...Object.entries(own).flat(), ...given] : { ...own, ...given };
    return typeof first === 'string'
      ? super.writeHead(status, first, headers)
      : super.writeHead(status, headers);
  }
}
