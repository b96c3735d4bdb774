import { parseEnv } from 'node:util';
import { errorText } from '../errors.ts';
import type { ConfigFault } from './errors.ts';

/** Names the file of settings; what the environment says goes before what it says. */
export const CONFIG_FILE_NAME = 'VIADUCT_CONFIG';

export type SettingsFile = {
  values: Readonly<Record<string, string | undefined>>;
  faults: readonly ConfigFault[];
  /** False where it could not be read: what it would have set is not known. */
  isRead: boolean;
};

/** Reads the file of settings line by line; what Node's own parser would pass over in silence is a fault. */
export function readSettingsFile(path: string, readFile: (path: string) => string): SettingsFile {
  try {
    const text = readFile(path);
    return { values: parseEnv(text), faults: lineFaults(path, text), isRead: true };
  } catch (error) {
    const problem = `the file cannot be read (${errorText(error)}).`;
    const allowed = 'the path of a file of lines NAME=value';
    return { values: {}, faults: [{ name: CONFIG_FILE_NAME, problem, allowed }], isRead: false };
  }
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/;
const QUOTED = /^(["'`]).*?\1/;
/** But for those that begin in capitals, which are looked for among all names. */
const isOursInSmall = (name: string) => /^(viaduct|odoo)_/i.test(name) && !/^(VIADUCT|ODOO)_/.test(name);

/** Never repeats a value: it may be a secret. */
function lineFaults(path: string, text: string): ConfigFault[] {
  const firstLines = new Map<string, number>();
  return text.split(/\r?\n/).flatMap((line, index): ConfigFault[] => {
    const number = index + 1;
    const where = `line ${number} of ${path}`;
    if (/^\s*(#|$)/.test(line)) return [];
    const [, name, value = ''] = LINE.exec(line) ?? [];
    if (name === undefined) {
      return [{ name: CONFIG_FILE_NAME, problem: `${where} is no NAME=value.`, allowed: LINES_ALLOWED }];
    }
    const first = firstLines.get(name);
    firstLines.set(name, first ?? number);
    const problems = [
      ...(first === undefined ? [] : [`is set again by ${where}; line ${first} sets it already.`]),
      ...(isOursInSmall(name) ? [`${where} sets no setting. Write ${name.toUpperCase()}.`] : []),
      ...(/^["'`]/.test(value) && !QUOTED.test(value)
        ? [`${where} opens a quote and does not close it.`]
        : []),
      ...(/^[^"'`#\s][^#]*(?<!\s)#/.test(value)
        ? [`${where} has a # in its value, which would end it there. Put the value in quotes.`]
        : []),
    ];
    return problems.map((problem) => ({ name, problem, allowed: LINES_ALLOWED }));
  });
}

const LINES_ALLOWED = 'lines NAME=value, each name once and in capitals, and comments that start with #';
