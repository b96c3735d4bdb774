import { z } from 'zod';
import type { Json, OdooClient } from '../odoo.ts';

/** What `read` found before the first `apply` and after the last one; kept in Odoo until removal. */
export type StepMemory = { found: Json; left: Json };

/** What an addon needs done in Odoo beyond its data files, as one named thing. */
export type ProvisioningStep = {
  addon: string;
  name: string;
  read: (admin: OdooClient) => Promise<Json>;
  /** Returns what was changed, in words, or null when there was nothing to do. */
  apply: (admin: OdooClient) => Promise<string | null>;
  /** Returns what was changed, in words, or null. `left` differs from what is there when somebody else changed it since. */
  revert: (admin: OdooClient, memory: StepMemory) => Promise<string | null>;
};

const Value = z.union([z.string(), z.literal(false), z.null()]);

/** Sets a system parameter; on removal puts the earlier value back, unless somebody else has changed it since. */
export function systemParameterStep({ addon, key, value }: { addon: string; key: string; value: string }) {
  const read = async (admin: OdooClient) => {
    const found = Value.parse(
      await admin.call('ir.config_parameter', 'get_param', [key], { idempotent: true }),
    );
    return found || null;
  };
  const write = (admin: OdooClient, next: string | false) =>
    admin.call('ir.config_parameter', 'set_param', [key, next], { idempotent: true });
  return {
    addon,
    name: key,
    read,
    apply: async (admin) => {
      if ((await read(admin)) === value) return null;
      await write(admin, value);
      return `set the system parameter ${key}`;
    },
    revert: async (admin, { found, left }) => {
      const current = await read(admin);
      if (current === found) return null;
      if (current !== left) return `left the system parameter ${key}, which somebody else has changed`;
      await write(admin, Value.parse(found) || false);
      return `put back the system parameter ${key}`;
    },
  } satisfies ProvisioningStep;
}
