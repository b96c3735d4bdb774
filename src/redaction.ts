/** Keys whose values are never written to a log line, wherever they stand (three levels deep). */
export const SECRET_KEYS = [
  'account_token',
  'accountToken',
  'apiKey',
  'api_key',
  'authorization',
  'body',
  'content',
  'cookie',
  'message',
  'messageText',
  'password',
  'payload',
  'rawBody',
  'secret',
  'signature',
  'token',
  'x-gwapi-signature',
] as const;

/** Keys that hold telephone numbers: enough is kept to recognise one, too little to call it. */
export const NUMBER_KEYS = ['msisdn', 'number', 'numbers', 'phone', 'recipient', 'recipients'] as const;

const numberKeys: ReadonlySet<string> = new Set(NUMBER_KEYS);

/** What pino redacts: every key at the top of a line and up to two levels below. */
export function redactedPaths(): string[] {
  return [...SECRET_KEYS, ...NUMBER_KEYS].flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`]);
}

/** What is written in place of a redacted value. */
export function censor(value: unknown, path: readonly string[]): unknown {
  const key = path.at(-1) ?? '';
  return numberKeys.has(key) ? shortenNumbers(value) : '[redacted]';
}

function shortenNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shortenNumbers);
  return typeof value === 'string' || typeof value === 'number' ? shortenNumber(String(value)) : '[redacted]';
}

/** `+4512345678` becomes `+45…78`: country and end. */
function shortenNumber(number: string): string {
  return number.length < 8 ? '…' : `${number.slice(0, number.startsWith('+') ? 3 : 2)}…${number.slice(-2)}`;
}
