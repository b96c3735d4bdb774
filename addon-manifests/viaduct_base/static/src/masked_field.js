/** @odoo-module **/

// A secret, masked until somebody who may read it asks to see it. That it is shown is known to this page alone: nothing
// of it is saved, and another record or another visit begins masked.
import { Component, onWillUpdateProps, useState, xml } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { CharField, charField } from '@web/views/fields/char/char_field';

export class MaskedField extends Component {
  static template = xml`
    <div class="d-flex align-items-baseline">
      <div class="flex-grow-1"><CharField t-props="charProps"/></div>
      <button type="button" t-if="hasSecret" class="btn btn-link py-0" t-att-title="title"
              t-att-aria-label="title" t-on-click="toggle">
        <i t-attf-class="fa {{ state.shown ? 'fa-eye-slash' : 'fa-eye' }}"/>
      </button>
    </div>`;
  static components = { CharField };
  static props = CharField.props;
  static defaultProps = CharField.defaultProps;

  setup() {
    this.state = useState({ shown: false });
    onWillUpdateProps(({ record }) => {
      if (record.resId !== this.props.record.resId) this.state.shown = false;
    });
  }

  get charProps() {
    return { ...this.props, isPassword: !this.state.shown };
  }

  get hasSecret() {
    return !this.props.readonly || Boolean(this.props.record.data[this.props.name]);
  }

  get title() {
    return String(this.state.shown ? _t('Hide') : _t('Show'));
  }

  toggle() {
    this.state.shown = !this.state.shown;
  }
}

registry.category('fields').add('viaduct_masked', {
  ...charField,
  component: MaskedField,
  displayName: _t('Secret'),
});
