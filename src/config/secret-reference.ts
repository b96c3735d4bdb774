import { readFile } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { ViaductError } from '../errors.ts';

export type SecretPlaces = {
  /** The only folder that `file:` may read from; undefined allows none. */
  secretsFolder: string | undefined;
  environment: Readonly<Record<string, string | undefined>>;
};

/** `env:NAME` may only name variables that begin with this: the others hold Viaduct's own secrets. */
const SECRET_PREFIX = 'VIADUCT_SECRET_';

/**
 * A secret as an administrator of Odoo writes it: itself, `env:NAME` or `file:/path` where Viaduct runs. He must not be able
 * to send Viaduct's own secrets, or any file of its machine, to a server of his choice: what is not allowed rejects with
 * code `secret-not-there` and words for him.
 */
export async function resolveSecretReference(text: string, places: SecretPlaces): Promise<string> {
  if (text.startsWith('env:')) return fromEnvironment(text.slice('env:'.length), places.environment);
  if (text.startsWith('file:')) return fromFile(text.slice('file:'.length), places.secretsFolder);
  return text.trim();
}

function fromEnvironment(name: string, environment: SecretPlaces['environment']): string {
  if (!name.startsWith(SECRET_PREFIX))
    throw fault(`env:${name} is not allowed: the name must begin with ${SECRET_PREFIX}.`);
  const value = environment[name];
  if (value === undefined || value === '') throw fault(`${name} is not set where Viaduct runs.`);
  return value.trim();
}

async function fromFile(path: string, folder: string | undefined): Promise<string> {
  if (folder === undefined) throw fault('file: is not allowed until VIADUCT_SECRETS_FOLDER names a folder.');
  const wanted = resolve(folder, path);
  if (!wanted.startsWith(resolve(folder) + sep))
    throw fault(`file: may only name files in ${folder} (setting VIADUCT_SECRETS_FOLDER).`);
  try {
    return (await readFile(wanted, 'utf8')).trim();
  } catch {
    throw fault(`The file ${wanted} cannot be read where Viaduct runs.`);
  }
}

function fault(message: string): ViaductError {
  return new ViaductError({ code: 'secret-not-there', message, retry: 'after-config' });
}
