export { ensureChromium } from './chromium.ts';
export { freePort } from './ports.ts';
export type { OnProgress, Progress } from './progress.ts';
export {
  attachStack,
  type OwnedStack,
  type Stack,
  type StackAddress,
  type StackOptions,
  startStack,
} from './stack.ts';
