import * as z from 'zod';
import { choice } from './setting.ts';

/** The log lines. */
export const logSettings = z.object({
  level: choice({
    name: 'VIADUCT_LOG_LEVEL',
    help: 'The least grave kind of log line that is written.',
    fallback: 'info',
    words: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
  }),
});
