import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Config } from './config/index.ts';
import { ViaductError } from './errors.ts';
import { censor, redactedPaths } from './redaction.ts';

/** Events as JSON lines: `log.warn({ deliveryId, attempt }, 'delivery will be retried')`; the words never vary. */
export type Log = Pick<Logger, 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'> & {
  child: (facts: Readonly<Record<string, unknown>>) => Log;
  isLevelEnabled: (level: string) => boolean;
};

export type LogParts = { level: Config['log']['level']; destination?: DestinationStream };

/** A log that writes to standard output, or to `destination`; secrets and texts of messages are redacted. */
export function createLog({ level, destination }: LogParts): Log {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'event',
    errorKey: 'error',
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: describeError },
    redact: { paths: redactedPaths(), censor },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** A log that writes nothing, for tests and tools. */
export function silentLog(): Log {
  return pino({ level: 'silent' });
}

/** An error as a log line shows it. Causes are named without their stacks. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message: text, stack, cause } = error;
  const verdict = error instanceof ViaductError ? { code: error.code, retry: error.retry } : {};
  const because =
    cause === undefined ? {} : { cause: cause instanceof Error ? cause.message : String(cause) };
  return { name, text, ...verdict, ...because, stack };
}
