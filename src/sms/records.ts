import { z } from 'zod';
import { DatabaseIdentity } from '../odoo/guard/index.ts';
import type { OdooClient } from '../odoo/index.ts';
import { type CreditCheck, CreditRow } from './credit/index.ts';
import type { LogState } from './reports/status.ts';
import type { SmsFacts } from './schema.ts';

/** An SMS as Odoo committed it. */
const CommittedSms = z.object({
  uuid: z.string(),
  /** Null when Odoo already deleted the SMS and only its tracker is left. */
  number: z.string().nullable(),
  /** A state of `sms.sms`, or the status of the notification when the SMS is gone. */
  state: z.string(),
  companyId: z.number().nullable(),
  /** ISO 3166 alpha-2. */
  companyCountry: z.string().nullable(),
  /** When a person wants it to go out; null means at once. */
  sendAtMs: z.number().nullable(),
});
export type CommittedSms = z.infer<typeof CommittedSms>;

/** `xmin`: all transactions below have ended. `horizon`: all that had begun are below. Decimal strings of 64 bits. */
const ReadBack = z.object({
  identity: DatabaseIdentity,
  xmin: z.string(),
  horizon: z.string(),
  found: z.array(CommittedSms),
});
export type ReadBack = z.infer<typeof ReadBack>;

/** One state that an SMS went through; `at` in whole seconds since 1970. */
export type StateStep = {
  at: number;
  status: string;
  rank: number;
  words: string | null;
  code: string | null;
};

/** What became of an SMS, for Odoo's own records and for the log. */
export type StateUpdate = {
  uuid: string;
  rank: number;
  state: string;
  failureType: string | null;
  words: string;
  status: string;
  messageId: number | string | null;
  logState: LogState;
  code: string | null;
  /** Seconds since 1970, null when it was not yet. */
  acceptedAt: number | null;
  endedAt: number | null;
  facts: SmsFacts | null;
  steps: readonly StateStep[];
};

const Applied = z.object({
  identity: DatabaseIdentity,
  /** True when this is not the database that was meant: then nothing was written. */
  held: z.boolean(),
  /** Uuids of which Odoo knows neither SMS nor tracker. */
  missing: z.array(z.string()),
  /** How many were behind what Odoo already had. */
  behind: z.number(),
});
export type Applied = z.infer<typeof Applied>;

const AccountRow = z.object({
  id: z.number(),
  iapAccountId: z.number(),
  iapToken: z.string(),
  companyIds: z.array(z.number()),
  baseUrl: z.string(),
  token: z.string(),
  sender: z.string(),
  country: z.string().nullable(),
  countries: z.array(z.string()),
  keywords: z.array(z.string()),
  webhookSecret: z.string().nullable(),
  requireSignature: z.boolean(),
  sending: z.object({
    api: z.string().nullable(),
    messageClass: z.string().nullable(),
    priority: z.string().nullable(),
    label: z.string().nullable(),
    validityMinutes: z.number(),
  }),
  /** What Odoo shows as wrong with it. */
  problem: z.string().nullable(),
});
export type AccountRow = z.infer<typeof AccountRow>;

const CreditedRow = AccountRow.extend({ credit: CreditRow });
export type CreditedRow = z.infer<typeof CreditedRow>;

/** An account of Odoo that no GatewayAPI account serves. */
const OtherAccount = z.object({ iapAccountId: z.number(), iapToken: z.string() });

const CreditReported = z.object({ identity: DatabaseIdentity, held: z.boolean() });
type CreditReported = z.infer<typeof CreditReported>;

const Accounts = z.object({ accounts: z.array(CreditedRow), others: z.array(OtherAccount) });

/** How SMS look in Odoo: one procedure, and so one RPC call, for each thing done with a whole batch. */
export type SmsRecords = {
  readAccounts(): Promise<z.infer<typeof Accounts>>;
  /** Shows on the accounts themselves what is wrong with them; null clears it. */
  showProblems(problems: readonly { id: number; words: string | null }[]): Promise<void>;
  /** Which of these SMS Odoo has committed, and how far its transactions have come. */
  readBack(uuids: readonly string[]): Promise<ReadBack>;
  /** Writes states into trackers, notifications and mailing traces, forward only. Safe to repeat. */
  apply(database: string, updates: readonly StateUpdate[]): Promise<Applied>;
  /** Shows administrators that a test report came all the way. */
  noteTestReport(reference: string): Promise<void>;
  /** Writes balances and connection states, and alerts where that was not done yet. Safe to repeat. */
  reportCredit(database: string, checks: readonly CreditCheck[]): Promise<CreditReported>;
};

/** The procedures of the addon `viaduct_sms`. */
export function createSmsRecords(odoo: OdooClient): SmsRecords {
  return {
    async readAccounts() {
      const answer = await odoo.procedure('viaduct_sms.accounts', {}, { idempotent: true });
      return Accounts.parse(answer);
    },
    async showProblems(problems) {
      await odoo.procedure('viaduct_sms.account_problems', { problems }, { idempotent: true });
    },
    async readBack(uuids) {
      const answer = await odoo.procedure('viaduct_sms.read_back', { uuids }, { idempotent: true });
      return ReadBack.parse(answer);
    },
    async apply(database, updates) {
      const payload = { database, updates };
      const answer = await odoo.procedure('viaduct_sms.apply_states', payload, { idempotent: true });
      return Applied.parse(answer);
    },
    async noteTestReport(reference) {
      await odoo.procedure('viaduct_sms.test_report', { arrived: reference }, { idempotent: true });
    },
    async reportCredit(database, checks) {
      const answer = await odoo.procedure('viaduct_sms.credit', { database, checks }, { idempotent: true });
      return CreditReported.parse(answer);
    },
  };
}
