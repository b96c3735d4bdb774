/**
 * When the same work may be tried again: `later` by itself, `alone` at once and else later (something in it, or the state
 * of the other side, was refused), `never`, or only `after-config` changed.
 */
export type RetryVerdict = 'later' | 'alone' | 'never' | 'after-config';

/** What a {@link ViaductError} is made of. `code` is a stable kebab-case word that clients and logs may rely on. */
export type ViaductErrorInit = {
  code: string;
  message: string;
  retry: RetryVerdict;
  cause?: unknown;
};

/**
 * The one error family. A message says what was found, what was expected and what to do,
 * and never holds a secret, a signature or the text of a message.
 */
export class ViaductError extends Error {
  readonly code: string;
  readonly retry: RetryVerdict;

  constructor({ code, message, retry, cause }: ViaductErrorInit) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.retry = retry;
  }
}

/** The text of anything that was thrown, for a log line or a dead letter. */
export function errorText(error: unknown): string {
  // What Node says of a name with several addresses, none of which answers, has no words of its own.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(errorText).join(', ');
  return error instanceof Error ? error.message : String(error);
}

/** Ends an exhaustive switch: a new member of the union is a compile error here. */
export function unreachable(value: never): never {
  throw new ViaductError({
    code: 'unreachable',
    message: `Unexpected value of type ${typeof value}.`,
    retry: 'never',
  });
}
