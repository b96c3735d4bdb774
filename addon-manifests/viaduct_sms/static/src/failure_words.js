/** @odoo-module **/

// Beside a failed SMS, Odoo's popover names only the kind of failure ("Invalid Destination"). The provider's own words
// are on the notification (failure_reason), but Odoo does not send them to the browser: they are read when the popover
// opens, with the rights of the user. Nothing here may break the web client: where another Odoo lacks a part, or refuses
// the read, its own label stays. So what may be missing is looked up when all modules have loaded, and never imported.
import { onWillStart } from '@odoo/owl';
import { registry } from '@web/core/registry';
import { patch } from '@web/core/utils/patch';

const PATIENCE_MS = 2000;
const wordsOf = new Map();

async function readWords(orm, message) {
  try {
    const failed = message.notification_ids.filter((one) => one.notification_type === 'sms' && one.isFailure);
    if (failed.length === 0) return;
    const ids = failed.map(({ id }) => id);
    for (const row of await orm.silent.read('mail.notification', ids, ['failure_reason'])) {
      wordsOf.set(row.id, row.failure_reason || '');
    }
  } catch {
    // Odoo's own label stays.
  }
}

function showWords(orm) {
  const { Message } = odoo.loader.modules.get('@mail/core/common/message');
  const { Notification } = odoo.loader.modules.get('@mail/core/common/notification_model');
  // The popover that messages use: other apps put theirs in the place of Odoo's first one.
  patch(Message.components.Popover.prototype, {
    setup(...args) {
      super.setup(...args);
      const patience = () => new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
      onWillStart(() => Promise.race([readWords(orm, this.props.message), patience()]));
    },
  });
  patch(Notification.prototype, {
    get failureMessage() {
      const words = wordsOf.get(this.id);
      return words ? `${super.failureMessage}: ${words}` : super.failureMessage;
    },
  });
}

registry.category('services').add('viaduct_sms.failure_words', {
  dependencies: ['orm'],
  start(_env, { orm }) {
    try {
      showWords(orm);
    } catch {
      // This Odoo shows failures otherwise.
    }
  },
});
