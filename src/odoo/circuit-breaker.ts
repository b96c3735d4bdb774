import type { Clock } from '../clock.ts';
import { OdooError } from './errors.ts';

export type CircuitPolicy = {
  /** Failures in a row that open the circuit. */
  failuresToOpen: number;
  /** Wait before the first probe, doubled for each further one up to the longest, which is also how long one probe may take. */
  firstProbeMs: number;
  longestProbeMs: number;
};

export type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly probes: number };

export const closedCircuit: Circuit = { state: 'closed', failures: 0 };

/** A call was answered; an open circuit is closed by a probe only, so that stragglers do not make it flap. */
export function afterAnsweredCall(circuit: Circuit): Circuit {
  return circuit.state === 'open' ? circuit : closedCircuit;
}

/** A call found Odoo unavailable. */
export function afterFailedCall(circuit: Circuit, policy: CircuitPolicy): Circuit {
  if (circuit.state === 'open') return circuit;
  const failures = circuit.failures + 1;
  return failures < policy.failuresToOpen ? { state: 'closed', failures } : { state: 'open', probes: 0 };
}

/** A probe found Odoo still unavailable. */
export function afterFailedProbe(circuit: Circuit): Circuit {
  return circuit.state === 'open' ? { state: 'open', probes: circuit.probes + 1 } : circuit;
}

/** Wait before the next probe in ms, ±20 % so that several Viaducts do not probe together. */
export function probeDelayMs(probes: number, policy: CircuitPolicy, random: () => number): number {
  const delayMs = Math.min(policy.firstProbeMs * 2 ** Math.min(probes, 30), policy.longestProbeMs);
  return Math.round(delayMs * (0.8 + 0.4 * random()));
}

export type CircuitBreaker = {
  isOpen: () => boolean;
  /** Throws code `odoo-unavailable`, retry `later`, while the circuit is open. */
  check: (what: string) => void;
  callAnswered: () => void;
  callFailed: () => void;
  /** Calls `listener(available)` at every change; returns the function that ends that. */
  onChange: (listener: (available: boolean) => void) => () => void;
  stop: () => Promise<void>;
};

export type CircuitBreakerParts = {
  policy: CircuitPolicy;
  /** One attempt to reach Odoo; resolves to whether it answered. */
  probe: (signal: AbortSignal) => Promise<boolean>;
  clock: Clock;
  random: () => number;
};

/** Fails calls at once while Odoo is down, and asks it one probe at a time until it answers. */
export function createCircuitBreaker({ policy, probe, clock, random }: CircuitBreakerParts): CircuitBreaker {
  const listeners = new Set<(available: boolean) => void>();
  const stopping = new AbortController();
  let circuit: Circuit = closedCircuit;
  let probing: Promise<void> = Promise.resolve();

  const become = (next: Circuit) => {
    const hasChanged = next.state !== circuit.state;
    circuit = next;
    if (hasChanged) for (const listener of listeners) listener(next.state === 'closed');
  };
  const probeUntilClosed = async () => {
    while (circuit.state === 'open' && !stopping.signal.aborted) {
      try {
        await clock.sleep(probeDelayMs(circuit.probes, policy, random), stopping.signal);
      } catch {
        return;
      }
      if (circuit.state !== 'open') return;
      const isUp = await probe(stopping.signal).catch(() => false);
      become(isUp ? closedCircuit : afterFailedProbe(circuit));
    }
  };

  return {
    isOpen: () => circuit.state === 'open',
    check: (what) => {
      if (circuit.state === 'open') throw openError(what);
    },
    callAnswered: () => become(afterAnsweredCall(circuit)),
    callFailed: () => {
      const wasOpen = circuit.state === 'open';
      become(afterFailedCall(circuit, policy));
      if (!wasOpen && circuit.state === 'open') probing = probing.then(probeUntilClosed);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: async () => {
      stopping.abort();
      await probing;
    },
  };
}

function openError(what: string): OdooError {
  return new OdooError({
    kind: 'unavailable',
    outcome: 'not-done',
    message: `Odoo does not answer; ${what} waits until a probe reaches it again.`,
  });
}
