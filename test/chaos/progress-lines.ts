import type { OnProgress } from '../../docker/progress.ts';

/** Tells the progress of a stack in lines, none twice in a row. */
export function progressLines(say: (words: string) => void): OnProgress {
  let last = '';
  return ({ step, fraction, text }) => {
    const line = `${step}: ${Math.floor(fraction * 10) * 10} %, ${text}`;
    if (line !== last) say(line);
    last = line;
  };
}
