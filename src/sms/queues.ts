/** SMS that Odoo handed over, one entry each, keyed by their uuid. */
export const SEND_QUEUE = 'sms.send';
/** What happened to SMS: outcomes of our own sending and delivery reports, keyed by uuid. */
export const STATE_QUEUE = 'sms.state';
/** SMS that were sent to us, keyed by the number of who sent them. */
export const INBOUND_QUEUE = 'sms.inbound';
