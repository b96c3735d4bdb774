/** How far one long step is: `step` names the bar, `fraction` runs from 0 to 1, `text` says what goes on now. */
export type Progress = { step: string; fraction: number; text: string };

export type OnProgress = (progress: Progress) => void;

/** Takes part of the bar for a step within the step: its 0 to 1 becomes `from` to `to`. */
export function within(onProgress: OnProgress, from: number, to: number): OnProgress {
  return ({ step, fraction, text }) => onProgress({ step, fraction: from + (to - from) * fraction, text });
}

/** Progress that never goes back, whatever order the lines of two tools arrive in. */
export function forwardOnly(onProgress: OnProgress): OnProgress {
  let highest = 0;
  return (progress) => {
    highest = Math.max(highest, Math.min(1, progress.fraction));
    onProgress({ ...progress, fraction: highest });
  };
}
