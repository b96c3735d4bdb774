export { createReceivedHandler, type ReceivedLine } from './received-jobs.ts';
export { createReceivingRoutes, type ReceivingDatabase } from './receiving-routes.ts';
