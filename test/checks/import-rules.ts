import type { Import } from './import-graph.ts';

/** What may not import what. `packages` are those that the product may use. */
export type ImportRule = { name: string; breaks: (edge: Import, packages: ReadonlySet<string>) => boolean };

const CHANNELS: readonly string[] = ['sms', 'whatsapp', 'calls', 'records', 'events'];
const BASE: readonly string[] = ['config', 'http', 'journal', 'odoo', 'phone'];
// Only these put the subjects together: the files that lie directly in src, the commands and the demo.
const COMPOSING_FOLDERS: readonly string[] = ['commands', 'demo'];
/** Single files of src that every subject may use. */
const SHARED: readonly string[] = [
  'channel-options.ts',
  'clock.ts',
  'errors.ts',
  'log.ts',
  'metrics.ts',
  'redaction.ts',
];

/** `sms` for `src/sms/routes.ts`, `app.ts` for `src/app.ts`, null outside of src. */
export function subjectOf(path: string): string | null {
  return /^src\/(?<subject>[^/]+)/.exec(path)?.groups?.['subject'] ?? null;
}

const isTest = (path: string) => path.endsWith('.test.ts');
const isComposer = (path: string) => {
  const subject = subjectOf(path);
  if (subject === null || SHARED.includes(subject)) return false;
  return COMPOSING_FOLDERS.includes(subject) || /\.(ts|mjs)$/.test(subject);
};
const isChannel = (subject: string | null) =>
  subject !== null && (CHANNELS.includes(subject) || subject === 'admin');

export const IMPORT_RULES: readonly ImportRule[] = [
  {
    name: 'the product never imports tests, fixtures or docker',
    breaks: ({ from, to }) =>
      subjectOf(from) !== null &&
      subjectOf(from) !== 'demo' &&
      !isTest(from) &&
      /^(test|fixtures|docker)\//.test(to),
  },
  {
    name: 'another subject is imported only through its index.ts',
    breaks: ({ from, to }) => {
      const [mine, other] = [subjectOf(from), subjectOf(to)];
      if (mine === null || other === null || mine === other || isTest(from)) return false;
      return /^src\/[^/]+\//.test(to) && !to.endsWith('/index.ts') && other !== 'commands';
    },
  },
  {
    name: 'a channel never imports another channel',
    breaks: ({ from, to }) =>
      isChannel(subjectOf(from)) && isChannel(subjectOf(to)) && subjectOf(from) !== subjectOf(to),
  },
  {
    name: 'the base imports no channel',
    breaks: ({ from, to }) => BASE.includes(subjectOf(from) ?? '') && isChannel(subjectOf(to)),
  },
  {
    name: 'only the composing files import composing files',
    breaks: ({ from, to }) =>
      subjectOf(from) !== null && !isTest(from) && isComposer(to) && !isComposer(from),
  },
  {
    name: 'the product uses only packages listed under dependencies',
    breaks: ({ from, to }, packages) =>
      subjectOf(from) !== null &&
      subjectOf(from) !== 'demo' &&
      !isTest(from) &&
      !to.includes('.ts') &&
      !packages.has(to),
  },
];
