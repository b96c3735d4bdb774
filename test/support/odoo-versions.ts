import { z } from 'zod';
import { ViaductError } from '../../src/errors.ts';

/** What tests see differently in Odoo 17, 18 and 19; whatever is not here is the same in all three. */
export type OdooVersion = {
  major: 17 | 18 | 19;
  /** The field that holds the groups of a user or of an action, and the one that holds the users of a group. */
  groupsField: 'group_ids' | 'groups_id';
  usersField: 'user_ids' | 'users';
  /** Groups are gathered by privilege; by category before. */
  hasPrivileges: boolean;
  /** API keys end, and `_generate` is told when. */
  keysEnd: boolean;
  /** IAP accounts name a record of `iap.service`, in the place of its name. */
  hasIapServices: boolean;
  /** Every employee may read `account_token` of IAP accounts. */
  showsIapTokens: boolean;
  /** `failure_reason` of an SMS that is refused in the answer itself, with a state that Odoo knows, is kept. */
  keepsWordsOfAnswers: boolean;
  /** A failed SMS opens the dialog `sms.resend`. */
  hasResendDialog: boolean;
  /** What a call of `formatted_read_group` ends as for somebody without rights. */
  refusalOfFormattedGroups: 'access' | 'protocol';
};

const ODOO_19: OdooVersion = {
  major: 19,
  groupsField: 'group_ids',
  usersField: 'user_ids',
  hasPrivileges: true,
  keysEnd: true,
  hasIapServices: true,
  showsIapTokens: false,
  keepsWordsOfAnswers: true,
  hasResendDialog: false,
  refusalOfFormattedGroups: 'access',
};

const ODOO_18: OdooVersion = {
  ...ODOO_19,
  major: 18,
  groupsField: 'groups_id',
  usersField: 'users',
  hasPrivileges: false,
  showsIapTokens: true,
  keepsWordsOfAnswers: false,
  hasResendDialog: true,
  refusalOfFormattedGroups: 'protocol',
};

const ODOO_17: OdooVersion = {
  ...ODOO_18,
  major: 17,
  keysEnd: false,
  hasIapServices: false,
};

const VERSIONS = [ODOO_17, ODOO_18, ODOO_19];

/** The version of Odoo at this address. Rejects when it is none that Viaduct knows, so that nothing is tested blindly. */
export async function odooVersionAt(url: string): Promise<OdooVersion> {
  const answer = await fetch(`${url}/web/webclient/version_info`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"jsonrpc":"2.0","params":{}}',
  });
  const { result } = VersionInfo.parse(await answer.json());
  const version = VERSIONS.find(({ major }) => major === result.server_version_info[0]);
  if (version !== undefined) return version;
  throw new ViaductError({
    code: 'test-odoo',
    message: `${url} is an Odoo ${result.server_version_info[0]}. Test against 17, 18 or 19.`,
    retry: 'never',
  });
}

const VersionInfo = z.object({
  result: z.object({ server_version_info: z.tuple([z.number()], z.unknown()) }),
});
