export { createEventsChannel, type EventsChannel } from './channel.ts';
export type { EventsDatabase } from './database.ts';
export { createEventRecords } from './records.ts';
export { createEventRoutes } from './routes.ts';
export type { Subscription } from './subscriptions/subscription.ts';
