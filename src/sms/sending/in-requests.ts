import type { SmsAccount } from '../accounts/accounts.ts';

type Routed = { routing: { account: Pick<SmsAccount, 'id' | 'sending'>; country: string | null } };

/**
 * Divides what is to be sent into requests of at most `limit` messages. One request serves one account; and one country
 * with the REST API, which names what a request cost as one sum, so that only then each SMS has its true price.
 */
export function inRequests<Job extends Routed>(jobs: readonly Job[], limit: number): Job[][] {
  const groups = Map.groupBy(jobs, ({ routing: { account, country } }) =>
    account.sending.api === 'rest' ? `${account.id} ${country}` : account.id,
  );
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / limit) }, (_, index) =>
      group.slice(index * limit, (index + 1) * limit),
    ),
  );
}
