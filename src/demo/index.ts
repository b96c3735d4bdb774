import { once } from 'node:events';
import { Listr } from 'listr2';
import { print } from '../commands/terminal.ts';
import { renderOptions, showProgress } from './progress.ts';
import { whatHappened, whereToLook } from './summary.ts';
import { createDemoWorld, type DemoWorld } from './world.ts';

export type DemoOptions = {
  /** End when the loop has closed, instead of staying until Ctrl-C. */
  once: boolean;
};

/**
 * Brings up a real Odoo, a GatewayAPI simulator and Viaduct, and sends one SMS around the loop. Whatever happens, nothing is
 * left running. Rejects with the reason when the loop does not close.
 */
export async function runDemo({ once: onlyOnce }: DemoOptions): Promise<void> {
  const stopping = new AbortController();
  const stop = () => stopping.abort(new Error('The demo was stopped.'));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const world = createDemoWorld(stopping.signal);
  try {
    await steps(world).run();
    print(whatHappened(world.facts()));
    if (onlyOnce)
      return print('\nNow everything is stopped again; `npm run demo` lets it stay, to look around.');
    print(whereToLook(world.facts()));
    print('\nEverything stays until you press Ctrl-C.');
    if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
    print('Stopping …');
  } finally {
    await world.stop();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function steps(world: DemoWorld) {
  return new Listr(
    [
      {
        title: 'PostgreSQL and Odoo (the first time downloads and builds, some minutes)',
        task: async (_, task) => {
          await world.startOdoo(showProgress(task));
          task.title = `Odoo answers at ${world.facts().odooUrl}`;
        },
      },
      {
        title: 'Provision Odoo: data addons, service user, SMS endpoint',
        task: async (_, task) => {
          const changes = await world.provision((words) => {
            task.output = words;
          });
          task.title = `Odoo provisioned: ${changes} changes, no Python module`;
        },
      },
      {
        title: 'GatewayAPI simulator',
        task: async (_, task) => {
          await world.startSimulator({ stepMs: [200, 400] });
          task.title = `GatewayAPI simulator at ${world.facts().simulatorUrl}`;
        },
      },
      {
        title: 'Viaduct',
        task: async (_, task) => {
          await world.startViaduct();
          task.title = `Viaduct at ${world.facts().viaductUrl}`;
        },
      },
      {
        title: 'A salesperson writes an SMS in Odoo’s composer',
        task: async (_, task) => {
          await world.sendSms();
          task.title = `Sally sent an SMS to ${world.facts().contact} from Odoo’s composer`;
        },
      },
      {
        title: 'Delivery',
        task: async (_, task) => {
          await world.watchDelivery((words) => {
            task.output = words;
          });
          task.title = `Delivered: ${world.facts().journey.join(' → ')}`;
        },
      },
    ],
    renderOptions,
  );
}
