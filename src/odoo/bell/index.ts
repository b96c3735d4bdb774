export { createBell } from './bell.ts';
export { createOutboxListener } from './outbox-listener.ts';
export { openPostgres } from './postgres-connection.ts';
export type { Bell, BellState } from './stay-connected.ts';
