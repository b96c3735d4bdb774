import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runAsRoot } from '../../docker/privileges.ts';
import { createSqliteJournal, type Journal } from '../../src/journal/index.ts';

const QUEUE = { database: 'db-1', queue: 'q' };
const MAX_BYTES = 2 ** 30;
let folder: string;
let disk: string;
let journals: Journal[];

const asRoot = (command: string, ...args: string[]) => runAsRoot(command, args, { timeoutMs: 30_000 });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-disk-'));
  disk = join(folder, 'disk');
  journals = [];
  await asRoot('mkdir', disk);
});

afterEach(async () => {
  await Promise.all(journals.map((journal) => journal.close().catch(() => undefined)));
  await asRoot('umount', disk);
  await rm(folder, { recursive: true });
});

async function open(): Promise<Journal> {
  const journal = await createSqliteJournal({ path: join(disk, 'journal.db'), maxBytes: MAX_BYTES });
  journals.push(journal);
  return journal;
}

/** Appends one by one for as long as it goes; gives the keys that were acknowledged. */
async function appendUntilRefused(journal: Journal): Promise<{ keys: string[]; code: unknown }> {
  const keys: string[] = [];
  for (;;) {
    const key = `k${keys.length}`;
    try {
      await journal.append([{ ...QUEUE, key, payload: 'x'.repeat(2_000) }]);
      keys.push(key);
    } catch (error) {
      return { keys, code: error instanceof Error && 'code' in error ? error.code : error };
    }
  }
}

const keysIn = async (journal: Journal) => (await journal.list({ limit: 100_000 })).map(({ key }) => key);

test('a disk that fills up: refused with its name, nothing acknowledged lost, and taken again once there is room', async () => {
  await asRoot('mount', '-t', 'tmpfs', '-o', 'size=4m,mode=0777', 'none', disk);
  await writeFile(join(disk, 'ballast'), Buffer.alloc(2 ** 20));
  const journal = await open();
  const { keys, code } = await appendUntilRefused(journal);
  expect(code).toBe('journal-full');
  expect(keys.length).toBeGreaterThan(50);
  expect(await keysIn(journal)).toEqual(keys);
  await rm(join(disk, 'ballast'));
  await journal.append([{ ...QUEUE, key: 'after', payload: '' }]);
  await journal.close();
  expect(await keysIn(await open())).toEqual([...keys, 'after']);
});

test('a disk that the kernel makes read-only under a running journal: refused, and all there after it was mended', async () => {
  const image = join(folder, 'image');
  await asRoot('truncate', '-s', '24M', image);
  await asRoot('mkfs.ext4', '-q', '-E', 'root_owner', image);
  await asRoot('mount', '-o', 'loop', image, disk);
  await asRoot('chmod', '0777', disk);
  const journal = await open();
  await journal.append([{ ...QUEUE, key: 'before', payload: '' }]);
  // What the kernel does after an error of the disk; a plain remount is refused while files are open.
  await asRoot('mount', '-o', 'remount,abort', disk);
  await expect(journal.append([{ ...QUEUE, key: 'lost', payload: '' }])).rejects.toMatchObject({
    code: 'journal-full',
    message: expect.stringMatching(/read-only/),
    retry: 'later',
  });
  expect(await keysIn(journal)).toEqual(['before']);
  await journal.close().catch(() => undefined);
  await asRoot('umount', disk);
  await asRoot('mount', '-o', 'loop', image, disk);
  const mended = await open();
  await mended.append([{ ...QUEUE, key: 'after', payload: '' }]);
  expect(await keysIn(mended)).toEqual(['before', 'after']);
});

test('a disk that is read-only from the start: the journal does not open, and says what to do', async () => {
  await asRoot('mount', '-t', 'tmpfs', '-o', 'ro', 'none', disk);
  await expect(open()).rejects.toMatchObject({
    code: 'journal-io',
    message: expect.stringMatching(/mounted read-only.*make it writable/),
  });
});
