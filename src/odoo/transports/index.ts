export { chooseTransport, type TransportChoice } from './choose-transport.ts';
export type {
  Transport,
  TransportCall,
  TransportLimits,
  TransportName,
  TransportSettings,
} from './transport.ts';
export { abortError } from './transport-errors.ts';
