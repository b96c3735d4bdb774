import type { Progress } from './progress.ts';

export const IMAGE_STEP = 'Odoo and PostgreSQL image';

/** How many packages the image held when this was written: the measure of the bar until apt has said its own number. */
const EXPECTED_PACKAGES = 276;

/** What share of the time each part of the work takes; measured, and they add up to the 0.8 before the image is stored. */
const SHARES = { 'Get:': 0.15, Unpacking: 0.3, 'Setting up': 0.35 } as const;

/** Reads the lines of mmdebstrap (and of apt and dpkg within it), and gives the progress after each, at most 0.8. */
export function debianProgress(): (line: string) => Progress {
  const counts = { 'Get:': 0, Unpacking: 0, 'Setting up': 0 };
  let announced = 0;
  let text = 'preparing';
  const kinds = ['Get:', 'Unpacking', 'Setting up'] as const;
  return (line) => {
    const newlyInstalled = /(\d+) newly installed/.exec(line)?.[1];
    if (newlyInstalled !== undefined) announced += Number(newlyInstalled);
    const kind = kinds.find((start) => line.startsWith(start));
    if (kind !== undefined) {
      counts[kind] += 1;
      text = describe(kind, line);
    } else if (line.startsWith('I: ')) text = line.slice(3).replace(/\.\.\.$/, '');
    const expected = Math.max(announced, EXPECTED_PACKAGES);
    const share = (name: keyof typeof counts): number => Math.min(1, counts[name] / expected) * SHARES[name];
    const fraction = kinds.reduce((sum, name) => sum + share(name), 0);
    return { step: IMAGE_STEP, fraction, text };
  };
}

function describe(kind: keyof typeof SHARES, line: string): string {
  const words = line.split(' ');
  if (kind === 'Get:') {
    const name = words[4] ?? '';
    return /^[a-z0-9]/.test(name) ? `downloading ${name}` : 'downloading the lists of packages';
  }
  if (kind === 'Unpacking') return `unpacking ${words[1] ?? ''}`;
  return `setting up ${words[2] ?? ''}`;
}
