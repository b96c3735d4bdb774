import pRetry from 'p-retry';
import { type Clock, systemClock } from '../clock.ts';
import { type CircuitBreaker, type CircuitPolicy, createCircuitBreaker } from './circuit-breaker.ts';
import { installedApps } from './discovery.ts';
import { OdooError, type OdooErrorKind } from './errors.ts';
import { explainedTransport, type SettingNames } from './explained-transport.ts';
import { createLogin, type Login } from './login.ts';
import type { CallOptions, Json, OdooClient } from './odoo.ts';
import { createProcedures } from './procedures.ts';
import { createSlots, type Slots } from './slots.ts';
import {
  abortError,
  chooseTransport,
  type Transport,
  type TransportCall,
  type TransportChoice,
  type TransportLimits,
  type TransportName,
} from './transports/index.ts';
import { cleanCall } from './values.ts';

export type OdooLimits = TransportLimits &
  CircuitPolicy & {
    /** Calls that may wait for a connection. */
    waitingCalls: number;
    /** For one call, waiting and repeated attempts included. Odoo itself repeats colliding transactions for up to 30 s. */
    timeoutMs: number;
    /** Tries of one call, the first included; only those that are safe to repeat. */
    attempts: number;
  };

export const defaultOdooLimits: OdooLimits = {
  connections: 4,
  waitingCalls: 1000,
  requestBytes: 32 * 1024 * 1024,
  responseBytes: 32 * 1024 * 1024,
  connectTimeoutMs: 5_000,
  timeoutMs: 60_000,
  attempts: 3,
  failuresToOpen: 5,
  firstProbeMs: 500,
  longestProbeMs: 15_000,
};

/** One RPC call as the metrics see it. */
export type ObservedCall = {
  model: string;
  method: string;
  outcome: 'ok' | OdooErrorKind;
  durationMs: number;
};

export type OdooClientSettings = {
  /** Where Odoo is; a path in it comes before the transport's own. */
  url: string;
  database: string;
  login: string;
  /** A password or an API key; a function where it may be renewed. */
  password: string | (() => string);
  /** What the settings are called that these come from, for the words of errors; as for one database unless said otherwise. */
  names?: Partial<SettingNames>;
  /** `auto` unless said otherwise. */
  transport?: TransportChoice;
  limits?: Partial<OdooLimits>;
  clock?: Clock;
  random?: () => number;
  onCall?: (call: ObservedCall) => void;
};

const SETTING_NAMES: SettingNames = {
  ...{ url: 'ODOO_URL', database: 'ODOO_DATABASE' },
  ...{ login: 'ODOO_LOGIN', password: 'ODOO_PASSWORD' },
};

/** An {@link OdooClient} that also tells whether Odoo answers at all, so that workers can pause and resume. */
export type OdooConnection = OdooClient & {
  /** The transport in use, or the first to be tried. */
  transport: () => TransportName;
  isAvailable: () => boolean;
  /** Calls `listener(available)` when the circuit opens and when it closes; returns the function that ends that. */
  onAvailabilityChange: (listener: (available: boolean) => void) => () => void;
};

/** A client for one database; nothing is sent before the first call. Throws an {@link OdooError} on a bad address. */
export function createOdooClient(settings: OdooClientSettings): OdooConnection {
  const { url, database, login: name, password, clock = systemClock, random = Math.random } = settings;
  const limits = { ...defaultOdooLimits, ...settings.limits };
  const account = {
    ...{ url, database, login: name },
    password: typeof password === 'string' ? () => password : password,
  };
  const transport = explainedTransport(
    chooseTransport(settings.transport ?? 'auto', { ...account, limits }),
    { ...account, names: { ...SETTING_NAMES, ...settings.names } },
  );
  const { authenticate } = transport;
  const login = createLogin({ authenticate, timeoutMs: limits.timeoutMs, clock });
  const slots = createSlots({ count: limits.connections, waiting: limits.waitingCalls });
  const execute = createExecute(transport, login);
  const circuit = createCircuitBreaker({
    policy: limits,
    clock,
    random,
    probe: (signal) =>
      answers(execute, AbortSignal.any([signal, AbortSignal.timeout(limits.longestProbeMs)])),
  });
  const attempt = createAttempt({ execute, circuit, slots, clock, onCall: settings.onCall });

  const call: OdooClient['call'] = async (model, method, args, options = {}) => {
    const what = `${model}.${method}`;
    const timeout = AbortSignal.timeout(options.timeoutMs ?? limits.timeoutMs);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
    const values = cleanCall(what, { args, kwargs: options.kwargs ?? {} });
    return await pRetry(() => attempt({ model, method, ...values, what, signal }), {
      retries: limits.attempts - 1,
      // The waiting is done in shouldRetry, by our own clock.
      minTimeout: 0,
      maxTimeout: 0,
      shouldRetry: ({ error, attemptNumber }) =>
        !circuit.isOpen() &&
        isSafeToRepeat(error, options) &&
        clock.sleep(retryDelayMs(attemptNumber, random), signal).then(
          () => true,
          () => false,
        ),
    });
  };

  return {
    database,
    call,
    procedure: createProcedures({ call, database, goAsText: () => transport.name() === 'xml-rpc' }),
    version: () => transport.version(AbortSignal.timeout(limits.timeoutMs)),
    apps: () => installedApps(call),
    callCount: transport.callCount,
    transport: transport.name,
    isAvailable: () => !circuit.isOpen(),
    onAvailabilityChange: circuit.onChange,
    stop: async () => {
      await circuit.stop();
      await transport.stop();
    },
  };
}

/** Whether trying again cannot do the work twice. */
export function isSafeToRepeat(error: unknown, { idempotent = false }: CallOptions): boolean {
  if (!(error instanceof OdooError) || error.code === 'odoo-cancelled') return false;
  if (error.kind === 'concurrency') return true;
  return error.kind === 'unavailable' && (error.outcome === 'not-done' || idempotent);
}

/** 200 ms, doubled for each further try, ±50 % so that colliding transactions part. */
function retryDelayMs(attemptNumber: number, random: () => number): number {
  return Math.round(200 * 2 ** (attemptNumber - 1) * (0.5 + random()));
}

type Execute = (call: TransportCall) => Promise<Json>;

/** A call as the logged-in user; logs in once more when Odoo no longer accepts the remembered id. */
function createExecute(transport: Transport, login: Login): Execute {
  return async (call) => {
    const uid = await login.uid(call.signal);
    try {
      return await transport.execute(call, uid);
    } catch (error) {
      if (!(error instanceof OdooError) || !isRefusedUser(error, uid)) throw error;
      login.forget(uid);
      return await transport.execute(call, await login.uid(call.signal));
    }
  };
}

/** Odoo remembers passwords by user id, so a user who was deleted (and made anew by provisioning) is only missed later. */
function isRefusedUser({ kind, message }: OdooError, uid: number): boolean {
  return kind === 'auth' || (kind === 'missing' && message.includes(`res.users(${uid},)`));
}

type AttemptParts = {
  execute: Execute;
  circuit: CircuitBreaker;
  slots: Slots;
  clock: Clock;
  onCall: ((call: ObservedCall) => void) | undefined;
};

/** One try of a call: waits for a slot, tells the circuit and the metrics how it ended. */
function createAttempt({ execute, circuit, slots, clock, onCall = () => {} }: AttemptParts): Execute {
  return async (call) => {
    const { model, method, what, signal } = call;
    circuit.check(what);
    const giveBack = await slots.take(what, signal);
    const startedMs = clock.nowMs();
    const observe = (outcome: ObservedCall['outcome']) =>
      onCall({ model, method, outcome, durationMs: clock.nowMs() - startedMs });
    try {
      circuit.check(what);
      const result = await execute(call);
      circuit.callAnswered();
      observe('ok');
      return result;
    } catch (error) {
      const failure = error instanceof OdooError ? error : (abortError(what, signal) ?? error);
      if (failure instanceof OdooError) {
        tellCircuit(circuit, failure);
        observe(failure.kind);
      }
      throw failure;
    } finally {
      giveBack();
    }
  };
}

function tellCircuit(circuit: CircuitBreaker, error: OdooError): void {
  if (error.code === 'odoo-cancelled') return;
  if (error.kind === 'unavailable') circuit.callFailed();
  else if (error.outcome === 'refused') circuit.callAnswered();
}

/** Whether Odoo, its database and our login's table answer: any answer of Odoo's own counts, also a refusal. */
async function answers(execute: Execute, signal: AbortSignal): Promise<boolean> {
  const [model, method] = ['res.users', 'context_get'];
  try {
    await execute({ model, method, args: [], kwargs: {}, what: 'the probe', signal });
    return true;
  } catch (error) {
    return error instanceof OdooError && error.outcome === 'refused';
  }
}
