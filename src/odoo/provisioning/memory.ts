import { z } from 'zod';
import type { Json, OdooClient } from '../odoo.ts';

const KEY = 'viaduct.provisioning';

export const Memory = z.object({
  /** What was imported last, by addon. */
  addons: z.record(z.string(), z.object({ version: z.string(), hash: z.string() })).default({}),
  /** Apps that provisioning had to install. */
  apps: z.array(z.string()).default([]),
  /** The user that provisioning created. */
  serviceUserId: z.number().nullable().default(null),
  /** What a step found and left, by `addon.name`. */
  steps: z.record(z.string(), z.object({ found: z.custom<Json>(), left: z.custom<Json>() })).default({}),
});
/** What provisioning must know later, kept in Odoo itself: it outlives Viaduct's disk and an addon removed by hand. */
export type Memory = z.infer<typeof Memory>;

export const NO_MEMORY: Memory = { addons: {}, apps: [], serviceUserId: null, steps: {} };

/** Reads the memory; an absent one is an empty one. */
export async function recallMemory(client: Pick<OdooClient, 'call'>): Promise<Memory> {
  const text = await client.call('ir.config_parameter', 'get_param', [KEY], { idempotent: true });
  return Memory.parse(typeof text === 'string' ? JSON.parse(text) : {});
}

export async function keepMemory(client: Pick<OdooClient, 'call'>, memory: Memory): Promise<void> {
  await client.call('ir.config_parameter', 'set_param', [KEY, JSON.stringify(memory)], { idempotent: true });
}

export async function eraseMemory(client: Pick<OdooClient, 'call'>): Promise<void> {
  await client.call('ir.config_parameter', 'set_param', [KEY, false], { idempotent: true });
}
