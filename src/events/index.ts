export { createEventsChannel, type EventsChannel } from './channel.ts';
export type { EventsDatabase } from './database.ts';
export { createEventRoutes } from './routes.ts';
