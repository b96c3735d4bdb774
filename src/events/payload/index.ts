export { type Composed, type ComposeInput, compose, composeBody } from './compose.ts';
export { type PayloadSettings, specFor } from './payload-plan.ts';
export type { ReadSpec } from './read-spec.ts';
export { idOf, isRelated, type Row } from './values.ts';
