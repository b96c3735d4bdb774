import type { Route } from './http/index.ts';
import type { createIapPassThrough } from './iap/index.ts';
import { createSmsRoutes } from './sms/index.ts';

export type RoutesOptions = Parameters<typeof createSmsRoutes>[0] & {
  iap: Pick<ReturnType<typeof createIapPassThrough>, 'routes'>;
};

/** The routes of all channels: what the application serves, and what the fuzz run must have generators for. */
export function createRoutes({ iap, ...options }: RoutesOptions): Route[] {
  return [...createSmsRoutes(options), ...iap.routes];
}
