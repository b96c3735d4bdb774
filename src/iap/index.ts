export { createIapPassThrough } from './pass-through.ts';
