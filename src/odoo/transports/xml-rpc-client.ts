import type { Agent } from 'node:http';
import OdooAwait from 'odoo-await';
import xmlrpc from 'xmlrpc';

export type XmlRpcRequest = {
  agent: Agent;
  /** The path of Odoo's address. */
  prefix: string;
  what: string;
  signal: AbortSignal;
};

type Account = { baseUrl: string; db: string; username: string; password: string };

/**
 * The library for one request: what it asks of Node for each is completed here with our agent, the time limit, and the
 * path whose faults tell their class. Of its methods only these two are used; its helpers change values.
 */
export class XmlRpcClient extends OdooAwait {
  readonly #request: XmlRpcRequest;
  readonly #isSecure: boolean;

  constructor(account: Account, request: XmlRpcRequest) {
    super(account);
    this.#request = request;
    this.#isSecure = account.baseUrl.startsWith('https:');
  }

  override createClientOptions(path: string) {
    const { agent, prefix, what, signal } = this.#request;
    const ownPath = prefix + path.replace('/xmlrpc/2/', '/xmlrpc/');
    return { ...super.createClientOptions(ownPath), agent, what, signal };
  }

  /** As the user with this id, without asking for it again. */
  executeAs(uid: number, model: string, method: string, params: unknown[]): Promise<unknown> {
    Object.assign(this, { uid });
    return this.execute_kw(model, method, params);
  }

  version(): Promise<unknown> {
    const options = this.createClientOptions('/xmlrpc/2/common');
    const client = this.#isSecure ? xmlrpc.createSecureClient(options) : xmlrpc.createClient(options);
    return new Promise((resolve, reject) => {
      client.methodCall('version', [], (error, value) => (error ? reject(error) : resolve(value)));
    });
  }
}
