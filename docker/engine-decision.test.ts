import { describe, expect, test } from 'vitest';
import { decideEngine, type EngineFindings } from './engine-decision.ts';

const bareDebian: EngineFindings = {
  daemon: 'silent',
  isRemote: false,
  platform: 'linux',
  hasDockerd: false,
  hasApt: true,
  canBecomeRoot: true,
  hasSystemd: false,
};

describe('deciding how to have a Docker daemon', () => {
  test.each<[string, Partial<EngineFindings>, object]>([
    ['uses a daemon that answers', { daemon: 'answers', canBecomeRoot: false }, { kind: 'use' }],
    [
      'installs and starts it where nothing is installed',
      {},
      { kind: 'start', by: 'ourselves', install: true },
    ],
    ['starts an installed one', { hasDockerd: true }, { kind: 'start', by: 'ourselves', install: false }],
    [
      'leaves the starting to systemd where that runs',
      { hasDockerd: true, hasSystemd: true },
      { kind: 'start', by: 'systemd', install: false },
    ],
    ['asks for access where the daemon refuses this user', { daemon: 'refuses' }, { kind: 'share-socket' }],
    ['gives up where nobody may become root', { canBecomeRoot: false }, { kind: 'give-up', code: 'no-root' }],
    [
      'gives up on a refusing daemon where nobody may become root',
      { daemon: 'refuses', canBecomeRoot: false },
      { kind: 'give-up', code: 'no-root' },
    ],
    ['gives up without apt-get', { hasApt: false }, { kind: 'give-up', code: 'docker-missing' }],
    ['gives up on other systems', { platform: 'darwin' }, { kind: 'give-up', code: 'docker-missing' }],
    [
      'does not start a second daemon beside a named one that is silent',
      { isRemote: true },
      { kind: 'give-up', code: 'docker-host-silent' },
    ],
  ])('%s', (_name, findings, expected) => {
    expect(decideEngine({ ...bareDebian, ...findings })).toMatchObject(expected);
  });
});
