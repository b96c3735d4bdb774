export { createDatabaseGuard, type DatabaseGuard, type DatabaseGuardParts } from './guard.ts';
export { DatabaseIdentity } from './identity.ts';
export { journalInstance } from './journal-instance.ts';
export { HOLD_CODES, type HoldCode, judgeDatabase, type Verdict } from './judge-database.ts';
