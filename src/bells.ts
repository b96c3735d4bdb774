import type { Surroundings } from './channel-options.ts';
import type { DatabaseConfig } from './config/index.ts';
import { createFailureLog } from './odoo/guard/index.ts';
import { type Bell, type BellState, createBell, createOutboxListener } from './odoo/index.ts';

export type BellsOptions = Pick<Surroundings, 'log' | 'metrics' | 'clock' | 'random'> & {
  settings: DatabaseConfig;
  /** The channel of Odoo's bus, or null where the addon made none. */
  channel: string | null;
  /** Something happened in Odoo: without the bell the configuration is merely a minute late. */
  onRing: () => void;
  /** There are events in the outbox. */
  onOutbox: () => void;
};

export type Bells = {
  /** Odoo's bus is heard, which tells of everything. */
  isConnected(): boolean;
  /** PostgreSQL itself is heard, which tells of the outbox; null where it is not asked for. */
  isListening(): boolean | null;
  stop(): Promise<void>;
};

/** Starts what one database is heard by: Odoo's bus, and PostgreSQL itself where it is in the settings. */
export function startBells(options: BellsOptions): Bells {
  const { settings, channel, onRing, onOutbox, log, metrics, clock, random } = options;
  const { url, database, name, postgresUrl } = settings;
  const common = { database, clock, random };
  const bells: Bell[] = [];
  let isConnected = false;
  let isStopping = false;
  let isListening = postgresUrl === undefined ? null : false;

  if (channel !== null) {
    const onState = ({ state }: BellState) => {
      isConnected = state === 'connected';
      metrics.bellConnected.set({ database: name }, isConnected ? 1 : 0);
    };
    bells.push(createBell({ ...common, url, channel, onRing, onOutbox, onState }));
  }
  if (postgresUrl !== undefined) {
    const words = {
      failing: 'PostgreSQL cannot be listened to; Odoo’s bus rings instead',
      again: 'PostgreSQL is listened to',
    };
    const failures = createFailureLog({ database: name, words, clock, log });
    const onState = (now: BellState) => {
      isListening = now.state === 'connected';
      metrics.outboxListening.set({ database: name }, isListening ? 1 : 0);
      if (now.state === 'connected') failures.succeeded();
      else if (!isStopping) failures.failed(now.reason);
    };
    bells.push(createOutboxListener({ ...common, url: postgresUrl.reveal(), onRing: onOutbox, onState }));
  }
  for (const bell of bells) bell.start();
  return {
    isConnected: () => isConnected,
    isListening: () => isListening,
    stop: async () => {
      isStopping = true;
      await Promise.all(bells.map((bell) => bell.stop()));
    },
  };
}
