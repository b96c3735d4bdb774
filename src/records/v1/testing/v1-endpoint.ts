import { sampleGrant } from '../../scope/testing/sample-scope.ts';
import { sampleEndpoint } from '../../testing/sample-endpoint.ts';

const all = { create: true, write: true, unlink: true };
/** What the tests of the doors under /v1 may do: contacts without one field, countries to read, and only the names of orders. */
export const ENDPOINT = sampleEndpoint({
  grants: [
    sampleGrant('res.partner', {
      ...all,
      fieldsMode: 'except',
      fields: ['vat'],
      methods: ['message_post', 'base.action_x'],
    }),
    sampleGrant('res.country'),
    sampleGrant('sale.order', { fieldsMode: 'only', fields: ['name'] }),
  ],
});
