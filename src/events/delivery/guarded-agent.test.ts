import { BlockList } from 'node:net';
import { request } from 'undici';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Receiver, startReceiver } from '../../../fixtures/receiver/index.ts';
import { createGuardedAgent, type LookUpAll, RefusedAddressError } from './guarded-agent.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function receiverOn(host: string, port = 0): Promise<Receiver> {
  const receiver = await startReceiver({ host, port });
  stops.push(receiver.stop);
  return receiver;
}

const portOf = (receiver: Receiver) => Number(new URL(receiver.url).port);

function agent({ networks = [], lookUpAll }: { networks?: string[]; lookUpAll?: LookUpAll } = {}) {
  const allowed = new BlockList();
  for (const address of networks) allowed.addAddress(address, address.includes(':') ? 'ipv6' : 'ipv4');
  const made = createGuardedAgent(
    { allowed, allowPrivate: false },
    lookUpAll === undefined ? {} : { lookUpAll },
  );
  stops.push(() => made.destroy());
  return made;
}

/** What an attempt at this URL ends with: its status, or the name of the error. */
async function ending(url: string, dispatcher: ReturnType<typeof agent>): Promise<number | string> {
  try {
    const { statusCode, body } = await request(url, { dispatcher, method: 'POST', body: '{}', reset: true });
    await body.dump();
    return statusCode;
  } catch (error) {
    return error instanceof RefusedAddressError ? 'refused' : String(error);
  }
}

/** Every way to write an address of this machine or of a private network in a URL that the parser lets through. */
const SPELLINGS = [
  '127.0.0.1',
  '127.0.0.1.',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0X7F.0.0.1',
  '017700000001',
  '0177.0.0.1',
  '0177.1',
  '127.0.0.0x1',
  '１２７.０.０.１',
  '①②⑦.0.0.1',
  '127。0。0。1',
  '127.0.0.%31',
  '%31%32%37.0.0.1',
  '0',
  '0.0.0.0',
  '0x0',
  'localhost',
  'LOCALHOST',
  'ⓛocalhost',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000::0001]',
  '[::]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::FFFF:7F00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[2002:7f00:1::]',
  '[2001:0:0:0:0:0:80ff:fffe]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '169.16689662',
  '10.1',
  '167772161',
  '192.168.257',
  '100.64.0.1',
  'public.example@127.0.0.1',
  'public.example:pass@127.0.0.1',
  'public.example%40@127.0.0.1',
  '127.0.0.1\\@public.example',
];

describe('a guarded agent', () => {
  test.each(SPELLINGS)('refuses http://%s, and nothing is connected to', async (host) => {
    const receiver = await receiverOn('127.0.0.1');
    expect(await ending(`http://${host}:${portOf(receiver)}/`, agent())).toBe('refused');
    expect(receiver.connections().opened).toBe(0);
  });

  test.each([
    '[::1%25lo]',
    '[fe80::1%eth0]',
    '[127.0.0.1]',
    '1.2.3.4.5',
    '256.0.0.1',
    '0x100000000',
    '127.0.0.1%00',
  ])('never sees %s: it makes no URL', (host) => {
    expect(URL.canParse(`http://${host}/`)).toBe(false);
  });

  test.each(['metadata.google.internal', 'metadata.google.internal.'])(
    'refuses the name %s that leads to a metadata service',
    async (host) => {
      const lookUpAll: LookUpAll = async () => [{ address: '169.254.169.254', family: 4 }];
      expect(await ending(`http://${host}/computeMetadata/v1/`, agent({ lookUpAll }))).toBe('refused');
    },
  );

  test('refuses a name of which one of several addresses is refused', async () => {
    const receiver = await receiverOn('127.0.0.2');
    const lookUpAll: LookUpAll = async () => [
      { address: '127.0.0.2', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    const dispatcher = agent({ networks: ['127.0.0.2'], lookUpAll });
    expect(await ending(`http://hooks.example:${portOf(receiver)}/`, dispatcher)).toBe('refused');
    expect(receiver.connections().opened).toBe(0);
  });

  test('connects only to the address that it checked, however the answers change between look-ups', async () => {
    const open = await receiverOn('127.0.0.2');
    const secret = await receiverOn('127.0.0.1', portOf(open));
    let asked = 0;
    const lookUpAll: LookUpAll = async () => {
      asked += 1;
      return [{ address: asked % 2 === 1 ? '127.0.0.2' : '127.0.0.1', family: 4 }];
    };
    const dispatcher = agent({ networks: ['127.0.0.2'], lookUpAll });
    const endings: (number | string)[] = [];
    for (let round = 0; round < 6; round += 1) {
      endings.push(await ending(`http://rebinding.example:${portOf(open)}/`, dispatcher));
    }
    expect(endings).toEqual([200, 'refused', 200, 'refused', 200, 'refused']);
    expect(asked).toBe(6);
    expect(secret.connections().opened).toBe(0);
  });

  test('checks every new connection, also where an earlier one was open', async () => {
    const receiver = await receiverOn('127.0.0.2');
    const answers = ['127.0.0.2', '169.254.169.254'];
    const lookUpAll: LookUpAll = async () => [{ address: answers.shift() ?? '', family: 4 }];
    const dispatcher = agent({ networks: ['127.0.0.2'], lookUpAll });
    const url = `http://hooks.example:${portOf(receiver)}/`;
    receiver.behave('/', { kind: 'hang' });
    const hanging = request(url, { dispatcher, method: 'POST', signal: AbortSignal.timeout(5_000) });
    await receiver.received(1);
    expect(await ending(url, dispatcher)).toBe('refused');
    await receiver.stop();
    await expect(hanging).rejects.toThrow();
  });

  test('reaches a network that the settings allow, also as an address', async () => {
    const receiver = await receiverOn('127.0.0.2');
    expect(await ending(receiver.url, agent({ networks: ['127.0.0.2'] }))).toBe(200);
  });

  test('uses no proxy of the environment', async () => {
    const proxy = await receiverOn('127.0.0.1');
    for (const name of ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']) vi.stubEnv(name, proxy.url);
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    const receiver = await receiverOn('127.0.0.2');
    expect(await ending(receiver.url, agent({ networks: ['127.0.0.2'] }))).toBe(200);
    expect(proxy.count()).toBe(0);
  });

  test('says which name led to which address', async () => {
    const lookUpAll: LookUpAll = async () => [{ address: '10.0.0.7', family: 4 }];
    const sent = request('http://hooks.example/', { dispatcher: agent({ lookUpAll }), method: 'POST' });
    await expect(sent).rejects.toThrow('hooks.example leads to 10.0.0.7, which is no public address.');
  });

  test('fails as a look-up fails, and when a name has no address', async () => {
    const failing: LookUpAll = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND nowhere.example'), { code: 'ENOTFOUND' });
    };
    expect(await ending('http://nowhere.example/', agent({ lookUpAll: failing }))).toContain('ENOTFOUND');
    expect(await ending('http://nothing.example/', agent({ lookUpAll: async () => [] }))).toContain(
      'nothing.example has no address',
    );
  });
});
