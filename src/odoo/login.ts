import type { Clock } from '../clock.ts';
import { OdooError } from './errors.ts';
import type { Transport } from './transports/index.ts';
import { abortError } from './transports/index.ts';

export type LoginSettings = {
  authenticate: Transport['authenticate'];
  timeoutMs: number;
  clock: Clock;
};

export type Login = {
  /** The user's id, asked once and then remembered; rejects with kind `auth`. */
  uid: (signal: AbortSignal) => Promise<number>;
  /** Forgets an id that Odoo no longer accepts. */
  forget: (uid: number) => void;
};

/** After ten refusals within a minute Odoo locks an address out (base.login_cooldown_after), other users behind it included. */
const REFUSED_LOGIN_REST_MS = 30_000;

/** Logs in once for all calls; a refused login is answered from memory for 30 s. */
export function createLogin({ authenticate: ask, timeoutMs, clock }: LoginSettings): Login {
  let known: number | undefined;
  let underway: Promise<number> | undefined;
  let refusal: { error: unknown; untilMs: number } | undefined;

  const authenticate = async (): Promise<number> => {
    try {
      known = await ask(AbortSignal.timeout(timeoutMs));
      refusal = undefined;
      return known;
    } catch (error) {
      if (error instanceof OdooError && error.kind === 'auth') {
        refusal = { error, untilMs: clock.nowMs() + REFUSED_LOGIN_REST_MS };
      }
      throw error;
    } finally {
      underway = undefined;
    }
  };

  return {
    forget: (uid) => {
      if (known === uid) known = undefined;
    },
    uid: async (signal) => {
      if (known !== undefined) return known;
      const restMs = refusal === undefined ? 0 : refusal.untilMs - clock.nowMs();
      // A longer rest than was meant: the clock was set back.
      if (restMs > 0 && restMs <= REFUSED_LOGIN_REST_MS) throw refusal?.error;
      underway ??= authenticate();
      return await untilAborted(underway, signal);
    },
  };
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortError('common.authenticate', signal, 'not-done'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
