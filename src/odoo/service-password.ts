import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { z } from 'zod';

/** The password or API key that Odoo is called with; an API key can be renewed. */
export type ServicePassword = {
  now: () => string;
  /** The file of the key that took the place of the setting, or null while the setting itself is used. */
  file: () => string | null;
  /** Keeps a key on disk, and then uses it; rejects with the file system's error, and nothing has changed. */
  replace: (key: string) => Promise<void>;
};

/** The settings of a database that it goes by; each database has a file of its own. */
export type ServicePasswordSettings = {
  url: string;
  database: string;
  /** What the setting says. */
  password: { reveal: () => string };
};

/** `instead` is the fingerprint of the setting that the key took the place of: another setting is newer than the key. */
const Kept = z.object({ instead: z.string(), key: z.string().min(1) });

/**
 * The password of the setting, or the key that it was renewed to, which is kept beside the journal. A file that cannot be
 * read counts as none.
 */
export function openServicePassword(
  { url, database, password }: ServicePasswordSettings,
  journalPath: string,
): ServicePassword {
  const configured = password.reveal();
  const path = `${journalPath}.${fingerprint(`${url} ${database}`).slice(0, 12)}.key`;
  const instead = fingerprint(configured);
  let kept = readKept(path, instead);
  return {
    now: () => kept ?? configured,
    file: () => (kept === null ? null : path),
    replace: async (key) => {
      await writeWhole(path, JSON.stringify({ instead, key } satisfies z.infer<typeof Kept>));
      kept = key;
    },
  };
}

function readKept(path: string, instead: string): string | null {
  try {
    const kept = Kept.parse(JSON.parse(readFileSync(path, 'utf8')));
    return kept.instead === instead ? kept.key : null;
  } catch {
    return null;
  }
}

/** A power cut leaves the old file or the new one; only its owner may read either. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
