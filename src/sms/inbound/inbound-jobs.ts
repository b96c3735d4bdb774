import type { Clock } from '../../clock.ts';
import { type Entry, putOff, type Settlement } from '../../journal/index.ts';
import type { DatabaseIdentity } from '../../odoo/guard/index.ts';
import { parsePhoneNumber } from '../../phone/index.ts';
import type { AccountBook } from '../accounts/accounts.ts';
import type { InboundRecords, ReceivedSms } from './inbound-records.ts';
import { InboundSms } from './inbound-sms.ts';
import { optWordOf } from './opt-words.ts';

export type InboundJobsOptions = {
  records: InboundRecords;
  /** Whose keywords may stand before a STOP. */
  accounts: Pick<AccountBook, 'all'>;
  admits: (identity: DatabaseIdentity) => boolean;
  clock: Clock;
  onOutcome: (outcome: 'received' | 'stranger', count: number) => void;
};

const HELD_RETRY_MS = 5_000;

/** Handles a batch of the inbound queue: one call into Odoo for all of it. */
export function createInboundHandler({ records, accounts, admits, clock, onOutcome }: InboundJobsOptions) {
  return async function handle(entries: readonly Entry[]): Promise<Settlement[]> {
    const [first] = entries;
    if (first === undefined) return [];
    const keywords = (await accounts.all()).flatMap((account) => account.keywords);
    const messages = entries.map(({ payload }) =>
      asReceived(InboundSms.parse(JSON.parse(payload)), keywords),
    );
    const { identity, held, posted, unmatched } = await records.receive(first.database, messages);
    if (!admits(identity) || held) {
      const runAtMs = clock.nowMs() + HELD_RETRY_MS;
      return entries.map((entry) => putOff(entry, runAtMs, 'The database is held.'));
    }
    onOutcome('received', posted);
    onOutcome('stranger', unmatched);
    return entries.map(({ id }) => ({ id, step: 'complete' }));
  };
}

function asReceived(sms: InboundSms, keywords: readonly string[]): ReceivedSms {
  const { providerId, msisdn, receiver, text, sentAtMs, isBinary = false } = sms;
  const number = parsePhoneNumber(`+${msisdn}`);
  return {
    ...{ providerId, msisdn, receiver, text, isBinary },
    sentAt: new Date(sentAtMs).toISOString().slice(0, 19).replace('T', ' '),
    country: number.ok ? number.country : null,
    optWord: optWordOf(text, keywords),
  };
}
