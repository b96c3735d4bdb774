/** What a machine offers, as far as Docker is concerned. */
export type EngineFindings = {
  /** What came back from the socket: an answer, a refusal of this user, or nothing. */
  daemon: 'answers' | 'refuses' | 'silent';
  /** DOCKER_HOST names a daemon that is not this machine's own. */
  isRemote: boolean;
  platform: NodeJS.Platform;
  hasDockerd: boolean;
  hasApt: boolean;
  /** Root, or sudo to become it. */
  canBecomeRoot: boolean;
  hasSystemd: boolean;
};

export type EngineDecision =
  | { kind: 'use' }
  | { kind: 'share-socket' }
  | { kind: 'start'; by: 'systemd' | 'ourselves'; install: boolean }
  | { kind: 'give-up'; code: string; message: string };

/** What to do to have a Docker daemon: pure, so that every kind of machine is a row of a table in the test. */
export function decideEngine(found: EngineFindings): EngineDecision {
  if (found.daemon === 'answers') return { kind: 'use' };
  if (found.isRemote) {
    return giveUp(
      'docker-host-silent',
      'DOCKER_HOST is set, but nothing answers there. Start that daemon, or unset DOCKER_HOST to use this machine.',
    );
  }
  if (found.platform !== 'linux') {
    return giveUp(
      'docker-missing',
      `No Docker daemon answers. On ${found.platform} install Docker Desktop and start it.`,
    );
  }
  if (!found.canBecomeRoot) {
    const why =
      found.daemon === 'refuses'
        ? 'A Docker daemon runs but refuses this user. Have an administrator run `usermod -aG docker <you>`, and log in again.'
        : 'No Docker daemon answers, and starting one needs root. Run as root, install sudo, or have Docker started for you.';
    return giveUp('no-root', why);
  }
  if (found.daemon === 'refuses') return { kind: 'share-socket' };
  if (!found.hasDockerd && !found.hasApt) {
    return giveUp(
      'docker-missing',
      'There is no Docker daemon and no apt-get to install one. Install Docker Engine (https://docs.docker.com/engine/install/) and start it.',
    );
  }
  return {
    kind: 'start',
    by: found.hasSystemd ? 'systemd' : 'ourselves',
    install: !found.hasDockerd,
  };
}

function giveUp(code: string, message: string): EngineDecision {
  return { kind: 'give-up', code, message };
}
