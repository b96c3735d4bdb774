/** @odoo-module **/

// What Viaduct found at GatewayAPI. Test Connection only asks; the answer is a write by Viaduct some moments later, which
// is looked for here until it is there, so that nobody has to reload the form.
import { Component, onWillUpdateProps, useEffect, useState, xml } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { useService } from '@web/core/utils/hooks';
import { standardFieldProps } from '@web/views/fields/standard_field_props';

const LOOK_EVERY_MS = 300;
const PATIENCE_MS = 10_000;

const passed = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class ConnectionStatusField extends Component {
  static template = xml`<span t-att-class="color" t-esc="words"/>`;
  static props = { ...standardFieldProps };

  setup() {
    this.orm = useService('orm');
    this.state = useState({ phase: 'known', answer: '' });
    onWillUpdateProps(({ record }) => {
      if (record !== this.props.record) Object.assign(this.state, { phase: 'known', answer: '' });
    });
    useEffect(
      (asked, id) => {
        if (!asked || !id) return undefined;
        const look = { isWanted: true };
        void this.waitForAnswer(look);
        return () => {
          look.isWanted = false;
        };
      },
      () => [String(this.props.record.data.x_test_asked_at || ''), this.props.record.resId],
    );
  }

  async waitForAnswer(look) {
    Object.assign(this.state, { phase: 'waiting', answer: '' });
    const endMs = Date.now() + PATIENCE_MS;
    while (look.isWanted && Date.now() < endMs) {
      const answer = await this.readAnswer();
      if (!look.isWanted) return;
      if (answer !== null) return this.show(answer);
      await passed(LOOK_EVERY_MS);
    }
    if (look.isWanted) this.state.phase = 'late';
  }

  async readAnswer() {
    const { resModel, resId } = this.props.record;
    try {
      const [row] = await this.orm.silent.read(resModel, [resId], ['x_test_asked_at', 'x_connection_status']);
      return row && !row.x_test_asked_at ? row.x_connection_status || '' : null;
    } catch {
      // Looked for again, until the patience ends.
      return null;
    }
  }

  async show(answer) {
    const { record } = this.props;
    Object.assign(this.state, { phase: 'answered', answer });
    // Balance and times too; but what somebody is just writing in the form is left alone.
    if (!(await record.isDirty())) await record.load();
  }

  get words() {
    const { phase, answer } = this.state;
    if (phase === 'waiting') return String(_t('Waiting for Viaduct…'));
    if (phase === 'late') return String(_t('Viaduct did not answer. Is it running?'));
    return phase === 'answered' ? answer : this.props.record.data[this.props.name] || '';
  }

  get color() {
    const { phase } = this.state;
    if (phase === 'waiting' || this.words === '') return 'text-muted';
    return phase !== 'late' && this.words === 'OK' ? 'text-success' : 'text-danger';
  }
}

registry.category('fields').add('viaduct_connection_status', {
  component: ConnectionStatusField,
  displayName: _t('Connection Status'),
  supportedTypes: ['char'],
  fieldDependencies: [{ name: 'x_test_asked_at', type: 'datetime', readonly: true }],
});
