import { inspect } from 'node:util';

const HIDDEN = '[secret]';

/** A text that cannot be printed by accident: only `reveal()` gives it, everything else gives `[secret]`. */
export type Secret = {
  reveal: () => string;
  toString: () => string;
  toJSON: () => string;
};

/** Wraps a password, a key or a token. */
export function secret(text: string): Secret {
  const hide = () => HIDDEN;
  return Object.freeze({ reveal: () => text, toString: hide, toJSON: hide, [inspect.custom]: hide });
}
