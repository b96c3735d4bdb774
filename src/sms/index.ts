export { createSmsChannel, type SmsChannel } from './channel.ts';
export type { SmsDatabase } from './database.ts';
export { SEND_QUEUE, STATE_QUEUE } from './queues.ts';
export { createSmsRoutes } from './routes.ts';
