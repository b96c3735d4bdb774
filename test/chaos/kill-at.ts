import type { Clock } from '../../src/clock.ts';
import type { KillPoint, KillProxy } from './kill-proxy.ts';
import type { Supervisor } from './supervisor.ts';

/** A kill point, but for the killing. */
export type KillMoment = Omit<KillPoint, 'kill'>;

export type KillAt = {
  /** Kills when the moment comes; false when it does not, and then nothing is armed any more. */
  proxy: (proxy: KillProxy, moment: KillMoment) => Promise<boolean>;
  /** Kills at once; false when there was nothing to kill. */
  now: () => Promise<boolean>;
  /** Waits until one more kill has happened than before; false when it does not happen in time. */
  untilKilled: (before: number) => Promise<boolean>;
};

const MOMENT_MS = 30_000;
const POLL_MS = 20;

/** Kills one supervised process with SIGKILL, at moments that proxies see. */
export function createKillAt({ viaduct, clock }: { viaduct: Supervisor; clock: Clock }): KillAt {
  const kills = () => viaduct.counts().kills;

  async function untilKilled(before: number): Promise<boolean> {
    const deadlineMs = clock.nowMs() + MOMENT_MS;
    while (kills() === before && clock.nowMs() < deadlineMs) await clock.sleep(POLL_MS);
    return kills() > before;
  }

  return {
    untilKilled,
    proxy: async (proxy, moment) => {
      const before = kills();
      proxy.killAt({ ...moment, kill: viaduct.kill });
      const isKilled = await untilKilled(before);
      proxy.disarm();
      return isKilled;
    },
    now: async () => {
      const before = kills();
      await viaduct.kill();
      return await untilKilled(before);
    },
  };
}
