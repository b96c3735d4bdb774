/** Linux takes 107 bytes (unix(7), `sun_path`), others a few less. */
const MOST_BYTES = 103;

/**
 * Where the Viaduct that holds a journal can be asked by commands on the same machine, or null when the path is too long
 * for a socket. Who may write into the journal's folder may ask; nothing of it can be reached over the network.
 */
export function operatorSocketPath(journalPath: string): string | null {
  const path = `${journalPath}.sock`;
  return Buffer.byteLength(path) > MOST_BYTES ? null : path;
}
