/** @odoo-module **/

// Graph and pivot of deliveries. Odoo adds up every number of a model made of data alone; of durations and success rates the
// mean is wanted, and the server gives it when it is asked for by name.
import { registry } from '@web/core/registry';
import { graphView } from '@web/views/graph/graph_view';
import { pivotView } from '@web/views/pivot/pivot_view';

const MEANS = ['x_duration_ms', 'x_success'];

function meansIn(fields) {
  const changed = { ...fields };
  for (const name of MEANS) {
    // `group_operator` up to Odoo 17, `aggregator` since.
    if (fields[name]) changed[name] = { ...fields[name], aggregator: 'avg', group_operator: 'avg' };
  }
  return changed;
}

const withMeans = (view) => ({
  ...view,
  props: (genericProps, ...rest) =>
    view.props({ ...genericProps, fields: meansIn(genericProps.fields) }, ...rest),
});

registry.category('views').add('viaduct_means_graph', withMeans(graphView));
registry.category('views').add('viaduct_means_pivot', withMeans(pivotView));
