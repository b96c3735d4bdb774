/** @odoo-module **/

// What Viaduct answered to a button. The button only asks, by a time in the field that `asked` names; the answer is a write
// by Viaduct some moments later, which empties that field. It is looked for here until it is there, so that nobody has to
// reload the form. An answer that begins with OK or a 2xx status is green, any other one red; with `plain` none has a colour.
import { Component, onWillUpdateProps, useEffect, useState, xml } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { useService } from '@web/core/utils/hooks';
import { standardFieldProps } from '@web/views/fields/standard_field_props';

const LOOK_EVERY_MS = 300;
const PATIENCE_MS = 10_000;

const passed = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class AnswerField extends Component {
  static template =
    xml`<span class="text-break" style="white-space: pre-wrap" t-att-class="color" t-esc="words"/>`;
  static props = {
    ...standardFieldProps,
    asked: { type: String },
    plain: { type: Boolean, optional: true },
  };

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
      () => [String(this.props.record.data[this.props.asked] || ''), this.props.record.resId],
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
    const { name, asked, record } = this.props;
    try {
      const [row] = await this.orm.silent.read(record.resModel, [record.resId], [asked, name]);
      return row && !row[asked] ? row[name] || '' : null;
    } catch {
      // Looked for again, until the patience ends.
      return null;
    }
  }

  async show(answer) {
    const { record } = this.props;
    Object.assign(this.state, { phase: 'answered', answer });
    // The rest of the form too; but what somebody is just writing in it is left alone.
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
    if (phase === 'late') return 'text-danger';
    if (this.props.plain) return '';
    return /^(OK|2\d\d)\b/.test(this.words) ? 'text-success' : 'text-danger';
  }
}

registry.category('fields').add('viaduct_answer', {
  component: AnswerField,
  displayName: _t('Answer'),
  supportedTypes: ['char', 'text'],
  extractProps: ({ options }) => ({ asked: options.asked, plain: Boolean(options.plain) }),
});
