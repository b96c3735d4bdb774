import { sampleDatabase } from '../../fixtures/sms-edge.ts';
import { sampleAccount } from '../../fixtures/sms-samples.ts';

/** Stands in every secret, token and text of a run, and must never be seen in a log line. */
export const CANARY = 'canary-7f3a';
/** How every telephone number of a run begins: no log line shows one in full. */
export const NUMBER_PREFIX = '4599';

/** The two databases that the server of the run knows, each with its own account. */
export const OURS = {
  ...{ id: '0b2f6a52-5f0e-4f0c-9a55-0c7a4d5a1f10', recordUuid: '9a1f0c7a-4d5a-4f10-8a6c-0b2f6a525f0e' },
  ...secretsOf('ours'),
};
export const OTHER = {
  ...{ id: '7c1d0e9f-2b3a-4c5d-8e6f-112233445566', recordUuid: '3a4c5d8e-6f11-4223-9344-5566778899aa' },
  ...secretsOf('other'),
};

/** Everything that no answer may show. */
export const SECRETS: readonly string[] = [OURS, OTHER].flatMap(({ id: _, recordUuid: __, ...secrets }) =>
  Object.values(secrets),
);

/** The databases as the routes know them. */
export function fuzzDatabases() {
  return [OURS, OTHER].map(({ id, webhookSecret, iapToken, token }) =>
    sampleDatabase([sampleAccount({ webhookSecret, iapToken, token })], { id }),
  );
}

function secretsOf(name: string) {
  return {
    webhookSecret: `${CANARY} webhook secret of ${name}`,
    iapToken: `${CANARY}-iap-token-of-${name}`,
    token: `${CANARY}-api-token-of-${name}`,
    pushKey: `${CANARY}-key-of-a-source-of-${name}`,
    signedKey: `${CANARY}-key-of-a-signing-source-of-${name}`,
    pushSecret: `${CANARY} secret of a signing source of ${name}`,
    recordKey: `${CANARY}-record-key-of-${name}`,
    nativeToken: `${CANARY}-native-token-of-${name}`,
  };
}
