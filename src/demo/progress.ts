import { type ListrTaskWrapper, PRESET_TIMER } from 'listr2';
import type { OnProgress } from '../../docker/index.ts';

const BAR_CELLS = 28;

/** Live steps with their elapsed time; plain lines where there is no terminal. */
export const renderOptions = {
  rendererOptions: { timer: PRESET_TIMER, collapseSubtasks: false },
  fallbackRendererOptions: { timer: PRESET_TIMER },
};

/** Draws the progress of a long step under it; without a terminal only every tenth, so that logs stay readable. */
export function showProgress(task: Pick<ListrTaskWrapper<unknown, never, never>, 'output'>): OnProgress {
  let shown = '';
  return ({ step, fraction, text }) => {
    const tenth = `${step} ${Math.floor(fraction * 10)}`;
    if (!process.stdout.isTTY && tenth === shown) return;
    shown = tenth;
    task.output = `${bar(fraction)} ${step}: ${text}`;
  };
}

function bar(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_CELLS);
  const percent = String(Math.round(fraction * 100)).padStart(3);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)} ${percent} %`;
}
