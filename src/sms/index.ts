export type { SmsAccount } from './accounts.ts';
export { createSmsChannel, type SmsChannel } from './channel.ts';
export { askCredit } from './credit/index.ts';
export type { SmsDatabase } from './database.ts';
export { readSmsAccounts } from './read-accounts.ts';
export { createSmsRoutes } from './routes.ts';
export { signedNotification } from './signed-notification.ts';
export { newTestReference } from './test-report.ts';
