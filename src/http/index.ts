export { clientAddress } from './client-address.ts';
export { type HttpContext, requestId } from './context.ts';
export type { PartState, Readiness } from './health.ts';
export { parseJson } from './json-body.ts';
export { HttpError, type Problem, problem } from './problem.ts';
export type { RateLimit } from './rate-limit.ts';
export { rawBody } from './raw-body.ts';
export type { Route } from './route.ts';
export { createHttpServer, type HttpServer } from './server.ts';
