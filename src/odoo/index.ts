export { createOdooClient, defaultOdooLimits, type OdooConnection } from './client.ts';
export { OdooError } from './errors.ts';
export type { CallOptions, Json, OdooClient } from './odoo.ts';
