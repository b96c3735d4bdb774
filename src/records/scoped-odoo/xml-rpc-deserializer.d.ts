/** The parts of the parser of `xmlrpc` 1.3.2 that are used or replaced; the package brings no types. */
declare module 'xmlrpc/lib/deserializer.js' {
  type Handler = (...given: unknown[]) => void;
  type SaxStream = {
    on: (event: string, handler: Handler) => void;
    write: (text: string) => void;
    end: () => void;
  };
  class Deserializer {
    constructor();
    parser: SaxStream;
    /** Values read, those of an open array or struct last. */
    stack: unknown[];
    /** Where in the stack the open arrays and structs begin. */
    marks: number[];
    /** False as soon as the open `<value>` has a type. */
    value: boolean;
    push(value: unknown): void;
    onOpentag(node: unknown): void;
    endInt(text: string): void;
    endI8(text: string): void;
    endBase64(text: string): void;
    endDateTime(text: string): void;
    endStruct(text: string): void;
    deserializeMethodCall(
      stream: { setEncoding: () => void; on: () => void; pipe: (parser: SaxStream) => void },
      done: (error: unknown, method?: unknown, params?: unknown) => void,
    ): void;
  }
  export = Deserializer;
}
