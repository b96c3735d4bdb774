/** Lines for the log of calls in Odoo. */
export const CALL_QUEUE = 'records.log';
