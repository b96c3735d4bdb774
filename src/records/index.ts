export { createRecordsChannel, type RecordsChannel } from './channel.ts';
export type { RecordsDatabase } from './database.ts';
export type { Endpoint } from './endpoints/endpoint.ts';
export { readEndpoints } from './records.ts';
export { createRecordRoutes } from './routes.ts';
export { neverUsable } from './scope/never-usable.ts';
