import type { SendAccepted } from '../schema.ts';
import { countSegments } from './segments.ts';
import type { OutgoingSms } from './sending-api.ts';

/** What one SMS was charged as; `price` in units of `currency`, null when GatewayAPI did not say. */
export type Charge = {
  /** ISO 3166 alpha-2, as GatewayAPI counts it. */
  country: string | null;
  segments: number;
  price: number | null;
  currency: string | null;
};

/** GatewayAPI's prices have at most this many decimals. */
const MICROS = 1_000_000;

/**
 * What each message of an accepted request was charged as. GatewayAPI names one sum for a request (REST documentation,
 * "Sending SMSes", `usage`), so it is divided by segments: exact where all numbers are of one country, and in any case the
 * prices add up to the sum.
 */
export function chargesOf(answer: SendAccepted, messages: readonly OutgoingSms[]): Charge[] {
  const counted = messages.map((message, index) => countedParts(answer, message, index));
  const total = counted.reduce((sum, { segments }) => sum + segments, 0);
  const micros = answer.usage == null ? null : Math.round(answer.usage.total_cost * MICROS);
  const currency = answer.usage?.currency ?? null;
  let before = 0;
  return counted.map(({ country, segments }) => {
    const upTo = (parts: number): number => Math.round(((micros ?? 0) * parts) / total);
    // The difference of two whole numbers, so that nothing is lost or gained by rounding.
    const price = micros === null ? null : (upTo(before + segments) - upTo(before)) / MICROS;
    before += segments;
    return { country, segments, price, currency };
  });
}

/** As GatewayAPI counted them, or else as we do. */
function countedParts({ ids, details }: SendAccepted, { content }: OutgoingSms, index: number) {
  const detail = details?.messages[index];
  const recipient = detail?.id === ids[index] ? detail?.recipients[0] : undefined;
  return {
    country: recipient?.country ?? null,
    segments: recipient?.parts ?? countSegments(content).segments,
  };
}
