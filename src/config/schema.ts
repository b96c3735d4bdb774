import * as z from 'zod';
import { ViaductError } from '../errors.ts';
import { databaseSettings, nameForDatabase } from './database-settings.ts';
import { eventsSettings } from './events-settings.ts';
import { httpSettings } from './http-settings.ts';
import { iapSettings } from './iap-settings.ts';
import { journalSettings, workSettings } from './journal-settings.ts';
import { logSettings } from './log-settings.ts';
import { odooSettings } from './odoo-settings.ts';
import { secretsSettings } from './secrets-settings.ts';
import { type SettingFacts, settingFacts } from './setting.ts';
import { smsSettings } from './sms-settings.ts';

/** Every setting of Viaduct, in groups. A channel adds its group here, from a file of its own beside this one. */
export const ConfigSchema = z.object({
  databases: databaseSettings,
  odoo: odooSettings,
  http: httpSettings,
  journal: journalSettings,
  work: workSettings,
  secrets: secretsSettings,
  sms: smsSettings,
  events: eventsSettings,
  iap: iapSettings,
  log: logSettings,
});

/** One setting with its place in the configuration and its schema. */
export type ListedSetting = SettingFacts & {
  group: string;
  key: string;
  /** The named database that it is for; absent when it is for all. */
  database?: string;
};

/** All settings in the order of the schema. */
export function listSettings(): ListedSetting[] {
  return Object.entries(ConfigSchema.shape).flatMap(([group, groupSchema]) =>
    Object.entries(groupSchema.shape).map(([key, schema]) => {
      const facts = settingFacts.get(schema);
      if (facts === undefined) {
        const message = `The setting ${group}.${key} has no facts. Make it with a function of setting.ts.`;
        throw new ViaductError({ code: 'setting-without-facts', message, retry: 'never' });
      }
      return { ...facts, group, key };
    }),
  );
}

/** The same settings again for each named database, as far as it can have its own. */
export function settingsOfDatabases(names: readonly string[]): ListedSetting[] {
  return names.flatMap((database) =>
    listSettings().flatMap((setting): ListedSetting[] => {
      const name = nameForDatabase(setting.name, database);
      return name === null ? [] : [{ ...setting, name, database }];
    }),
  );
}
