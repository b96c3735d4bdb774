import { STATUS_CODES } from 'node:http';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ViaductError } from '../errors.ts';
import { type HttpContext, requestId } from './context.ts';

const RETRY_AFTER_SECONDS = 30;

/** What a client is told of a refusal. `detail` says what was found, what was expected and what to do. */
export type Problem = {
  status: ContentfulStatusCode;
  /** A stable kebab-case word that programs may rely on. */
  code: string;
  title?: string;
  detail: string;
  /** Further members of the answer. */
  extra?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
};

/** A refusal that is thrown; the one error handler answers with its problem. */
export class HttpError extends ViaductError {
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    const retry = problem.status === 429 || problem.status >= 500 ? 'later' : 'never';
    super({ code: problem.code, message: problem.detail, retry, cause });
    this.problem = problem;
  }
}

/** The answer for a problem: `application/problem+json` as RFC 9457 has it, with code and request id. */
export function problem(c: HttpContext, told: Problem): Response {
  const members = problemMembers(told, requestId(c));
  const { status, headers } = told;
  return c.body(JSON.stringify(members), status, { 'content-type': 'application/problem+json', ...headers });
}

/** The members of the answer for a problem; without a request id where only a header can tell it. */
export function problemMembers({ status, code, title, detail, extra }: Problem, requestId?: string) {
  return {
    type: `urn:viaduct:problem:${code}`,
    title: title ?? STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    requestId,
    ...extra,
  };
}

/** What a client is told of anything that was thrown. Unknown errors keep their words to the log. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HttpError) return error.problem;
  if (error instanceof ViaductError && error.retry === 'later') {
    const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
    return { status: 503, code: error.code, detail: error.message, headers };
  }
  return {
    status: 500,
    code: 'internal-error',
    detail: 'Viaduct could not answer this request. Its log has the reason under the request id.',
  };
}
