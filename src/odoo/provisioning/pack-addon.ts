import { type Zippable, zipSync } from 'fflate';
import { type Addon, readAddons } from './addon.ts';

/** The major versions of Odoo that the addons are written for. */
export const ODOO_VERSIONS = [17, 18, 19] as const;

/**
 * The addons below `directory` as zips for one major version of Odoo, dependencies first. Odoo's dialog "Import Module"
 * takes them, and unzipped they can lie on its addons path. Throws `bad-addon`.
 */
export async function packAddons(
  directory: string,
  major: number,
): Promise<{ fileName: string; zip: Uint8Array }[]> {
  const addons = await readAddons(directory, major);
  return addons.map(({ name, version, files }) => {
    // A folder of the addons path counts as one only where it holds a Python package (config.py, `_is_addons_path`).
    const onDisk = new Map([...files, ['__init__.py', new Uint8Array()]]);
    return { fileName: `${name}-${major}.0.${version}.zip`, zip: packAddon({ name, files: onDisk }) };
  });
}

/** The addon as a zip that Odoo imports; equal content gives equal bytes on every machine and day. */
export function packAddon({ name, files }: Pick<Addon, 'name' | 'files'>): Uint8Array {
  // A zip holds local time without a zone: the local constructor gives the same bytes in every zone.
  const mtime = new Date(1980, 0, 1);
  const entries: Zippable = {};
  for (const [path, content] of [...files].sort(([one], [other]) => (one < other ? -1 : 1))) {
    entries[`${name}/${path}`] = [content, { mtime, level: 9, os: 3, attrs: 0o644 << 16 }];
  }
  return zipSync(entries);
}
