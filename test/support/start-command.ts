import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };

/** The flags of Node and the environment that `npm start` sets: what a figure is about must run as in production. */
export function startCommand(): { flags: string[]; environment: Record<string, string> } {
  const { scripts } = z.object({ scripts: z.object({ start: z.string() }) }).parse(packageJson);
  const words = scripts.start.split(' ');
  const set = words.slice(0, words.indexOf('node')).map((word) => word.split('=', 2));
  return {
    flags: words.filter((word) => word.startsWith('--')),
    environment: Object.fromEntries(set),
  };
}
