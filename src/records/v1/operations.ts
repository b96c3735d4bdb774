import { ATTACHMENT_OPERATIONS } from './attachment-operations.ts';
import { CHANGING_OPERATIONS } from './changing-operations.ts';
import { type OpenApiDocument, openApiDocument } from './openapi.ts';
import type { V1Operation } from './operation.ts';
import { READING_OPERATIONS } from './reading-operations.ts';

/** Everything under /v1 that works with records. */
export const V1_OPERATIONS: readonly V1Operation[] = [
  ...ATTACHMENT_OPERATIONS,
  ...READING_OPERATIONS,
  ...CHANGING_OPERATIONS,
];

/** Raised where a caller has to change something. */
const API_VERSION = '1.0.0';

/** The OpenAPI document of all of them. */
export function v1Document(): OpenApiDocument {
  return openApiDocument(V1_OPERATIONS, API_VERSION);
}
