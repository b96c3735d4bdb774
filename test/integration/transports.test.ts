import { afterAll } from 'vitest';
import { describeTransport } from '../support/describe-transport.ts';
import { openWorld } from '../support/transports/world.ts';

const world = await openWorld();
afterAll(() => world.dispose());

describeTransport('json-rpc', world);
describeTransport('json-2', world);
describeTransport('xml-rpc', world);
