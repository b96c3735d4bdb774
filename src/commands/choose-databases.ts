import { type Config, ConfigError, type DatabaseConfig } from '../config/index.ts';

/** The databases that a command is for: the one that `--database` names, or all. Throws a ConfigError for an unknown name. */
export function chooseDatabases({ databases }: Config, name: string | undefined): readonly DatabaseConfig[] {
  const chosen = databases.filter((settings) => name === undefined || settings.name === name);
  if (chosen.length > 0) return chosen;
  const problem = `"${name}" is no database that is served.`;
  throw new ConfigError([
    { name: '--database', problem, allowed: databases.map((settings) => settings.name).join(', ') },
  ]);
}
