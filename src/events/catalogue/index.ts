export { createCatalogueRoute } from './catalogue-route.ts';
export { DOCUMENTED_TYPES, kindOf } from './event-types.ts';
export { typesOf } from './types-of.ts';
