export { askCredit } from './ask-credit.ts';
export { type CreditCheck, createCreditWatch, type WatchedAccount } from './credit-watch.ts';
export { type CreditAlert, CreditRow } from './decisions.ts';
