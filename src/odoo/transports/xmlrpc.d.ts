/** The parts of `xmlrpc` 1.3.2 that are used; the package brings no types. */
declare module 'xmlrpc' {
  /** A value that writes itself as an element named `tagName` with `raw` as its text. */
  class CustomType {
    constructor(raw: string);
    tagName: string;
  }
  type Client = {
    methodCall: (
      method: string,
      params: readonly unknown[],
      done: (error: unknown, value: unknown) => void,
    ) => void;
  };
  const xmlrpc: {
    CustomType: typeof CustomType;
    createClient: (options: object) => Client;
    createSecureClient: (options: object) => Client;
  };
  export = xmlrpc;
}
