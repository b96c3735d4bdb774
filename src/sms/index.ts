export type { SmsAccount } from './accounts/accounts.ts';
export { readSmsAccounts } from './accounts/read-accounts.ts';
export { createSmsChannel, type SmsChannel } from './channel.ts';
export { askCredit } from './credit/index.ts';
export type { SmsDatabase } from './database.ts';
export { signedNotification } from './reports/signed-notification.ts';
export { newTestReference } from './reports/test-report.ts';
export { createSmsRoutes } from './routes.ts';
