/** A code of a delivery report (REST documentation, "Delivery status errors"; the messaging API has the same). */
type ReportCode = {
  code: string;
  words: string;
  /** The number itself is the trouble: no later SMS to it will arrive either. */
  isBadNumber?: true;
};

/** The codes that the documentation names and a person can do something about. */
export const REPORT_CODES: readonly ReportCode[] = [
  { code: '0x1010', words: 'Unknown subscriber.', isBadNumber: true },
  { code: '0x1011', words: 'The subscriber is barred.' },
  { code: '0x1013', words: 'The subscriber is absent.' },
  { code: '0x1018', words: 'The memory of the phone is full.' },
  { code: '0x1019', words: 'The phone cannot be reached.' },
  { code: '0x1060', words: 'Invalid destination.', isBadNumber: true },
  { code: '0x1065', words: 'Invalid sender.' },
  { code: '0x1092', words: 'Barred by the receiver’s provider, or without funds there.' },
  { code: '0x1902', words: 'The message class is not set up at GatewayAPI.' },
  { code: '0x1903', words: 'A link that GatewayAPI has not allowed for the account.' },
  { code: '0x1904', words: 'Stopped by GatewayAPI’s content filter.' },
];

/** All others by their groups; the documentation keeps the last digit for the cause within one. */
export const REPORT_CODE_GROUPS = [
  { first: '0x1010', last: '0x101F', words: 'Trouble with the receiver’s number or phone.' },
  { first: '0x1020', last: '0x102F', words: 'Trouble in an exchange of the mobile network.' },
  { first: '0x1030', last: '0x103F', words: 'Stopped by a screening of the mobile network.' },
  { first: '0x1040', last: '0x104F', words: 'Trouble in an SMS centre.' },
  { first: '0x1050', last: '0x105F', words: 'No way to the receiver’s network.' },
  { first: '0x1060', last: '0x108F', words: 'Refused by the network that was to take it.' },
  { first: '0x1090', last: '0x109F', words: 'Refused by the receiver’s provider.' },
  { first: '0x1900', last: '0x190F', words: 'Refused by GatewayAPI.' },
] as const;

const BY_CODE: ReadonlyMap<string, ReportCode> = new Map(REPORT_CODES.map((known) => [known.code, known]));

/** What a code says, for reports that give no words of their own; null for an unknown one. */
export function wordsOfCode(code: string | null | undefined): string | null {
  const known = BY_CODE.get(normalised(code));
  if (known !== undefined) return known.words;
  const number = Number(normalised(code) || Number.NaN);
  const group = REPORT_CODE_GROUPS.find(
    ({ first, last }) => number >= Number(first) && number <= Number(last),
  );
  return group?.words ?? null;
}

/** Whether this code says that the number itself is the trouble. */
export function isBadNumber(code: string | null | undefined): boolean {
  return BY_CODE.get(normalised(code))?.isBadNumber === true;
}

function normalised(code: string | null | undefined): string {
  return /^0x[0-9a-f]{4}$/i.test(code ?? '') ? `0x${code?.slice(2).toUpperCase()}` : '';
}
