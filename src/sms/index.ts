export { createSmsChannel, type SmsChannel } from './channel.ts';
export type { SmsDatabase } from './database.ts';
export { createSmsRoutes } from './routes.ts';
