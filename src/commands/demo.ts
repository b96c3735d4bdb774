import { Command } from 'commander';

/** `npm run demo [-- --once]`: the whole loop on this machine, with a real Odoo. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'Bring up Odoo, a GatewayAPI simulator and Viaduct on this machine, and send one SMS around.',
    )
    .option('--once', 'end when the SMS is delivered')
    .action(async (options: { once?: true }) => {
      // Loaded here, because an installed Viaduct has neither simulators nor Docker scripts.
      const { runDemo } = await import('../demo/index.ts');
      await runDemo({ once: options.once === true });
    });
}
