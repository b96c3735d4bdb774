import { type Zippable, zipSync } from 'fflate';
import type { Addon } from './addon.ts';

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
