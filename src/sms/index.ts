export type { SmsAccount } from './accounts.ts';
export { createSmsChannel, type SmsChannel } from './channel.ts';
export type { SmsDatabase } from './database.ts';
export { askCredit, readSmsAccounts } from './examine-accounts.ts';
export { createSmsRoutes } from './routes.ts';
export { signedNotification } from './signed-notification.ts';
export { newTestReference } from './test-report.ts';
