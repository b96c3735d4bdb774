export { createRecordsChannel, type RecordsChannel } from './channel.ts';
export type { RecordsDatabase } from './database.ts';
export { createRecordRoutes } from './routes.ts';
