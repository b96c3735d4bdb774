import { z } from 'zod';
import { OdooError } from '../errors.ts';
import type { OdooClient } from '../odoo.ts';

/** Runs an addon's own `procedure_provision` or `procedure_unprovision` where it has one; returns what it changed, in words. */
export async function runAddonProcedure(admin: OdooClient, qualifiedName: string): Promise<string[]> {
  try {
    return z.array(z.string()).parse(await admin.procedure(qualifiedName, {}, { idempotent: true }));
  } catch (error) {
    if (error instanceof OdooError && error.code === 'odoo-procedure-missing') return [];
    throw error;
  }
}
