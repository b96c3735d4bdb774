export { type Bell, type BellState, createBell } from './bell.ts';
export { createOutboxListener } from './outbox-listener.ts';
export { openPostgres } from './postgres-connection.ts';
