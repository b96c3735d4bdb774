export { type Composed, type ComposeInput, compose, composeBody } from './compose.ts';
export { composeReceived } from './compose-received.ts';
export { isJsonObject, type JsonObject } from './json-text.ts';
export { type PayloadSettings, specFor } from './payload-plan.ts';
export type { ReadSpec } from './read-spec.ts';
export { idOf, isRelated, type Row } from './values.ts';
