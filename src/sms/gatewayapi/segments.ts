/** GSM 03.38 basic character set, in its own order. */
const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Characters of the extension table: an escape and a character, so two of the 160. */
const GSM_EXTENDED = '^{}\\[~]|€\f';

const basic = new Set(GSM_BASIC);
const extended = new Set(GSM_EXTENDED);

/** GatewayAPI's names: `UTF8` is GSM 03.38 on the air, `UCS2` must be asked for (GatewayAPI REST, field `encoding`). */
export type Encoding = 'UTF8' | 'UCS2';
export type Segments = { encoding: Encoding; units: number; segments: number };

/**
 * How a text goes over the air: its encoding, its length in units (septets, or UTF-16 units) and its number of segments
 * (160 or 153 each for GSM, 70 or 67 for UCS-2).
 */
export function countSegments(text: string): Segments {
  let septets = 0;
  for (const character of text) {
    if (basic.has(character)) septets += 1;
    else if (extended.has(character)) septets += 2;
    else return { encoding: 'UCS2', units: text.length, segments: segmentsOf(text.length, 70, 67) };
  }
  return { encoding: 'UTF8', units: septets, segments: segmentsOf(septets, 160, 153) };
}

function segmentsOf(units: number, single: number, multi: number): number {
  return units <= single ? 1 : Math.ceil(units / multi);
}
