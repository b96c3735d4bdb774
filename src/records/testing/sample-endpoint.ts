import { hash } from 'node:crypto';
import type { Endpoint } from '../endpoints/endpoint.ts';

export const KEY = `vdk_${'0123456789abcdef'.repeat(4)}`;
export const UUID = '7d7d2f7a-3f0a-4b7e-8a55-2f3b1c0d9e8f';

/** A key as Odoo keeps it. */
export function sampleKey(
  key: string,
  parts: Partial<Endpoint['keys'][number]> = {},
): Endpoint['keys'][number] {
  return { id: 1, hash: hash('sha256', key), hint: key.slice(-4), expiresAt: null, ...parts };
}

/** An endpoint that lets contacts be read. */
export function sampleEndpoint(parts: Partial<Endpoint> = {}): Endpoint {
  return {
    ...{ id: 7, name: 'Shop', uuid: UUID, active: true, paused: false, userId: 9, userLogin: 'shop' },
    userActive: true,
    ...{ companyId: null, auth: 'key', verbs: ['POST'], networks: [], ratePerMinute: 0, expiresAt: null },
    ...{ maxRecords: 1000, keys: [sampleKey(KEY)] },
    grants: [
      {
        ...{ model: 'res.partner', read: true, create: false, write: false, unlink: false },
        ...{ fieldsMode: 'all', fields: [], methods: [] },
      },
    ],
    ...parts,
  };
}
