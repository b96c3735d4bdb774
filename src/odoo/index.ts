export { inBatches, type Row, searchReadAll } from './batches.ts';
export { type Bell, type BellState, createBell, createOutboxListener, openPostgres } from './bell/index.ts';
export { createOdooClient, type OdooConnection } from './client.ts';
export { isOdooOutage, OdooError } from './errors.ts';
export { type Hello, readHello } from './hello.ts';
export { createKeptCopy, type KeptCopy } from './kept-copy.ts';
export { createKeyWatch, readKeyEnd } from './key-watch.ts';
export type { Json, OdooClient } from './odoo.ts';
export { openServicePassword, type ServicePassword } from './service-password.ts';
