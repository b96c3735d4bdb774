export { type Config, type ConfigSources, loadConfig } from './config.ts';
export type { DatabaseConfig } from './database-settings.ts';
export { ConfigError, type ConfigFault } from './errors.ts';
export { listSettings } from './schema.ts';
export type { Secret } from './secret.ts';
export { resolveSecretReference, type SecretPlaces } from './secret-reference.ts';
export { addNetwork } from './setting.ts';
export { environmentExample, settingsTable } from './settings-docs.ts';
