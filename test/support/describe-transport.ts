import { describe } from 'vitest';
import type { OdooConnection } from '../../src/odoo/index.ts';
import { absentCases } from './transports/absent-cases.ts';
import { callCases } from './transports/call-cases.ts';
import { errorCases } from './transports/error-cases.ts';
import { procedureCases } from './transports/procedure-cases.ts';
import { valueCases } from './transports/value-cases.ts';
import type { TransportName, World } from './transports/world.ts';

export type TransportSuite = {
  world: World;
  transport: TransportName;
  /** The administrator over this transport. */
  client: OdooConnection;
};

/** The conformance suite of the transports: each passes it, word for word, where Odoo has it, and is refused clearly elsewhere. */
export function describeTransport(transport: TransportName, world: World): void {
  describe(transport, () => {
    const client = world.connect({ ...world.admin, transport });
    const suite = { world, transport, client };
    if (transport === 'json-2' && world.major < 19) {
      describe('before Odoo 19', () => absentCases(suite));
      return;
    }
    describe('values', () => valueCases(suite));
    describe('errors', () => errorCases(suite));
    describe('calls', () => callCases(suite));
    describe('procedures and provisioning', () => procedureCases(suite));
  });
}
