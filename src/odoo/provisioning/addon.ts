import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toDialect } from './dialects.ts';
import { ProvisioningError } from './errors.ts';

const MANIFEST = '__manifest__.py';

const Manifest = z.object({
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  depends: z.array(z.string()),
});

/** One data-only addon as it will be imported: file texts are already in the dialect of the Odoo it is meant for. */
export type Addon = {
  name: string;
  /** As in the manifest, "1.0.0"; Odoo puts its own series before it. */
  version: string;
  depends: readonly string[];
  /** Content by path inside the addon, sorted by path. */
  files: ReadonlyMap<string, Uint8Array>;
  /** Hex SHA-256 over paths and contents. */
  hash: string;
};

/** Reads every addon below `directory` for one major version of Odoo, dependencies first. Throws `bad-addon`. */
export async function readAddons(directory: string, major: number): Promise<Addon[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const addons = await Promise.all(names.sort().map((name) => readAddon(join(directory, name), name, major)));
  return dependenciesFirst(addons);
}

async function readAddon(directory: string, name: string, major: number): Promise<Addon> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
  const source = new Map<string, Uint8Array>();
  for (const path of paths) source.set(path, await readFile(join(directory, path)));
  const manifest = textOf(toDialect(MANIFEST, source.get(MANIFEST) ?? NOTHING, major));
  if (manifest === '') {
    throw new ProvisioningError({ code: 'bad-addon', message: `${directory} has no ${MANIFEST}.` });
  }
  // Files that the manifest names for other versions only are of no use to this one.
  const named = textOf(source.get(MANIFEST) ?? NOTHING);
  const isForOthers = (path: string) => named.includes(`${path}"`) && !manifest.includes(`${path}"`);
  const files = new Map<string, Uint8Array>();
  for (const [path, content] of source) {
    if (!isForOthers(path)) files.set(path, toDialect(path, content, major));
  }
  const { version, depends } = parseManifest(name, manifest);
  return { name, version, depends, files, hash: hashFiles(files) };
}

const NOTHING = new Uint8Array();

function textOf(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}

function hashFiles(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash('sha256');
  for (const [path, content] of files) hash.update(`${path}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}

/** Odoo reads a manifest as a Python literal; ours keep to JSON, True, False, None, comments and trailing commas. */
export function parseManifest(name: string, text: string): z.infer<typeof Manifest> {
  const inJson = text.replace(
    /"(?:[^"\\]|\\.)*"|#.*$|\b(?:True|False|None)\b|,(?=\s*[}\]])/gm,
    (token) =>
      ({ True: 'true', False: 'false', None: 'null' })[token] ?? (token.startsWith('"') ? token : ''),
  );
  try {
    return Manifest.parse(JSON.parse(inJson));
  } catch (cause) {
    throw new ProvisioningError({
      code: 'bad-addon',
      message: `The manifest of ${name} cannot be read; expected a literal in double quotes with version "1.2.3" and depends.`,
      cause,
    });
  }
}

/** Odoo imports an addon only after those it depends on. */
export function dependenciesFirst<Item extends { name: string; depends: readonly string[] }>(
  items: readonly Item[],
): Item[] {
  const byName = new Map(items.map((item) => [item.name, item]));
  const ordered = new Set<Item>();
  const place = (item: Item, path: readonly string[]) => {
    if (path.includes(item.name)) {
      throw new ProvisioningError({
        code: 'bad-addon',
        message: `Addons depend on each other: ${path.join(', ')}.`,
      });
    }
    for (const name of item.depends) {
      const dependency = byName.get(name);
      if (dependency !== undefined) place(dependency, [...path, item.name]);
    }
    ordered.add(item);
  };
  for (const item of items) place(item, []);
  return [...ordered];
}
