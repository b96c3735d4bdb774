import { z } from 'zod';
import type { Json, OdooClient } from '../odoo.ts';

/**
 * What an addon needs done in Odoo beyond its data files, as one named thing. What `read` found before the first
 * `apply` is kept in Odoo and given back to `revert` on removal.
 */
export type ProvisioningStep = {
  addon: string;
  name: string;
  read: (admin: OdooClient) => Promise<Json>;
  /** Returns what was changed, in words, or null when there was nothing to do. */
  apply: (admin: OdooClient) => Promise<string | null>;
  revert: (admin: OdooClient, earlier: Json) => Promise<string | null>;
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
    revert: async (admin, earlier) => {
      if ((await read(admin)) !== value)
        return `left the system parameter ${key}, which somebody else has changed`;
      await write(admin, Value.parse(earlier) || false);
      return `put back the system parameter ${key}`;
    },
  } satisfies ProvisioningStep;
}
