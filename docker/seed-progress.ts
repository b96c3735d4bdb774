import type { Progress } from './progress.ts';

export const SEED_STEP = 'Odoo database';

/** How far the making of the template database is, from the end of Odoo's log; at most 0.9. */
export function seedProgress(log: string): Progress {
  const lines = log.split('\n').reverse();
  const shown = (fraction: number, text: string): Progress => ({ step: SEED_STEP, fraction, text });
  if (lines.some((line) => line.includes('Generating a new asset bundle')))
    return shown(0.85, 'making assets');
  if (lines.some((line) => line.includes('Modules loaded'))) return shown(0.75, 'settling the company');
  for (const line of lines) {
    const [, name = '', index, count] = /Loading module (\S+) \((\d+)\/(\d+)\)/.exec(line) ?? [];
    if (index === undefined || count === undefined) continue;
    const part = name === 'base' ? 0 : Number(index) / Number(count);
    return shown(0.05 + part * 0.7, `installing ${name}`);
  }
  return shown(0.02, 'preparing');
}
