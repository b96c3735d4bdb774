/** Why an attempt did not deliver, for people and statistics; an attempt that delivered has none. */
export const ERROR_CLASSES = [
  'timeout',
  'dns',
  'connect',
  'tls',
  'reset',
  'refused-address',
  'status-3xx',
  'status-4xx',
  'status-5xx',
  'gone',
  'too-large',
  /** The subscription itself cannot be used as it is written: address, headers, secret. */
  'unusable',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** What became of one attempt. */
export type AttemptResult = {
  /** The status answered, or null when there was no answer. */
  status: number | null;
  durationMs: number;
  errorClass: ErrorClass | null;
  /** What happened, for a person; empty when it was delivered. */
  words: string;
  /** The beginning of the answer's body. */
  response: string;
  /** How long the receiver asked us to wait, or null. */
  retryAfterMs: number | null;
  /** As it was, variables filled in. */
  url: string;
  method: string;
  /** As they were, secrets and signatures masked; one `name: value` a line. */
  requestHeaders: string;
  /** As it was sent. */
  body: string;
};

/** The class of an answer, or null when it says that the delivery was taken. */
export function classOfStatus(status: number): ErrorClass | null {
  if (status >= 200 && status < 300) return null;
  if (status === 410) return 'gone';
  if (status < 400) return 'status-3xx';
  return status < 500 ? 'status-4xx' : 'status-5xx';
}
