export { createFailureLog } from './failure-log.ts';
export { createDatabaseGuard, type DatabaseGuard, type DatabaseGuardParts } from './guard.ts';
export { DatabaseIdentity } from './identity.ts';
export { journalInstance } from './journal-instance.ts';
export type { HoldCode, Verdict } from './judge-database.ts';
export { lookAtDatabase } from './look.ts';
export { createUuidClaims, type UuidClaims } from './uuid-claims.ts';
