import { z } from 'zod';
import { OdooError } from '../errors.ts';
import type { Json, OdooClient } from '../odoo.ts';
import { userGroupsField } from './dialects.ts';
import { ProvisioningError } from './errors.ts';

/** The login Viaduct runs with. */
export type ServiceLogin = {
  login: string;
  password: string;
  /** Whether Odoo already accepts login and password; asked only when the user exists. */
  canSignIn: () => Promise<boolean>;
};

type User = { id: number; active: boolean; share: boolean };
const Users = z.array(z.object({ id: z.number(), active: z.boolean(), share: z.boolean() }));
const Partner = z.array(z.object({ partner_id: z.tuple([z.number(), z.string()]) }));

/** Archived users too; no invitation mail. */
const CONTEXT = { active_test: false, no_reset_password: true } as const;

/**
 * Makes sure that the service's user exists, is active, is in the service group and can sign in. He is no internal
 * user, so he takes no paid seat. Rejects with `service-login-taken` when the login belongs to a person.
 */
export async function ensureServiceUser(
  admin: OdooClient,
  { service, major }: { service: ServiceLogin; major: number },
): Promise<{ createdId: number | null; changes: string[] }> {
  const groupId = await serviceGroupId(admin);
  const groupsField = userGroupsField(major);
  const user = await findUser(admin, service.login);
  if (user === undefined) {
    const values = { name: 'Viaduct', login: service.login, password: service.password };
    const created = await admin.call(
      'res.users',
      'create',
      [{ ...values, [groupsField]: [[6, 0, [groupId]]] }],
      { kwargs: { context: CONTEXT } },
    );
    return { createdId: z.number().parse(created), changes: [`created the service user ${service.login}`] };
  }
  if (!user.share) throw loginTaken(service.login);
  const changes: string[] = [];
  const write = async (values: { [field: string]: Json }, words: string) => {
    await admin.call('res.users', 'write', [[user.id], values], { kwargs: { context: CONTEXT } });
    changes.push(words);
  };
  if (!user.active) await write({ active: true }, `activated the service user ${service.login}`);
  if (!(await isInGroup(admin, { userId: user.id, groupsField, groupId }))) {
    await write({ [groupsField]: [[4, groupId]] }, `put ${service.login} into the group Viaduct Service`);
  }
  if (!(await service.canSignIn())) {
    await write({ password: service.password }, `set the password of the service user ${service.login}`);
  }
  return { createdId: null, changes };
}

/** Deletes the user that provisioning created, or archives him where Odoo does not let him go; null when he is gone. */
export async function removeServiceUser(admin: OdooClient, userId: number): Promise<string | null> {
  const options = { kwargs: { context: CONTEXT } };
  const [found] = Partner.parse(
    await admin.call('res.users', 'search_read', [[['id', '=', userId]], ['partner_id']], options),
  );
  if (found === undefined) return null;
  const [partnerId] = found.partner_id;
  try {
    await admin.call('res.users', 'unlink', [[userId]], options);
    await admin.call('res.partner', 'unlink', [[partnerId]], options);
    return 'deleted the service user';
  } catch (error) {
    if (!(error instanceof OdooError) || error.outcome !== 'refused') throw error;
    await archive(admin, { userId, partnerId });
    return 'archived the service user, whom Odoo does not let go';
  }
}

async function archive(admin: OdooClient, { userId, partnerId }: { userId: number; partnerId: number }) {
  const options = { kwargs: { context: CONTEXT } };
  const isLeft = await admin.call('res.users', 'search_count', [[['id', '=', userId]]], options);
  if (isLeft !== 0) await admin.call('res.users', 'write', [[userId], { active: false }], options);
  await admin.call('res.partner', 'write', [[partnerId], { active: false }], options);
}

async function findUser(admin: OdooClient, login: string): Promise<User | undefined> {
  const fields = ['active', 'share'];
  const options = { kwargs: { context: CONTEXT }, idempotent: true };
  const rows = await admin.call('res.users', 'search_read', [[['login', '=', login]], fields], options);
  return Users.parse(rows)[0];
}

async function isInGroup(
  admin: OdooClient,
  { userId, groupsField, groupId }: { userId: number; groupsField: string; groupId: number },
): Promise<boolean> {
  const domain = [
    ['id', '=', userId],
    [groupsField, 'in', [groupId]],
  ];
  return (await admin.call('res.users', 'search_count', [domain], { idempotent: true })) === 1;
}

async function serviceGroupId(admin: OdooClient): Promise<number> {
  const reference = await admin.call(
    'ir.model.data',
    'check_object_reference',
    ['viaduct_base', 'group_service'],
    { idempotent: true },
  );
  return z.tuple([z.literal('res.groups'), z.number()]).parse(reference)[1];
}

function loginTaken(login: string): ProvisioningError {
  return new ProvisioningError({
    code: 'service-login-taken',
    message: `The login ${login} belongs to an internal user. Viaduct needs a login of its own, with no other rights: choose one that does not exist yet.`,
  });
}
