export type OptWord = 'stop' | 'start';

/**
 * What people write to get no more SMS, by language, in capitals without accents. Not here: words that are also an answer
 * to an ordinary SMS (CANCEL, END, NO), because a customer who cancels an appointment wants the next one confirmed.
 */
const STOP_WORDS = {
  en: ['STOP', 'STOP ALL', 'STOPALL', 'UNSUBSCRIBE', 'OPT OUT', 'OPTOUT', 'STOP SMS'],
  fr: ['ARRET', 'ARRETER', 'ARRETEZ', 'DESABONNER', 'DESABONNEMENT', 'DESINSCRIRE', 'DESINSCRIPTION'],
  da: ['AFMELD', 'FRAMELD', 'STOP SMSER'],
  de: ['STOPP', 'ABMELDEN', 'ABMELDUNG', 'ABBESTELLEN'],
  sv: ['STOPPA', 'AVSLUTA', 'AVREGISTRERA', 'AVANMAL'],
  no: ['STOPP', 'AVMELD', 'MELD AV'],
  nl: ['AFMELDEN', 'UITSCHRIJVEN', 'STOPPEN'],
  es: ['BAJA', 'DAR DE BAJA', 'DARME DE BAJA', 'PARAR'],
  it: ['CANCELLAMI', 'DISISCRIVI', 'DISISCRIVIMI'],
  pt: ['SAIR', 'PARAR', 'REMOVER'],
  fi: ['LOPETA', 'SEIS'],
  pl: ['WYPISZ', 'REZYGNUJE'],
} as const;

/** What people write to get SMS again. */
const START_WORDS = {
  en: ['START', 'UNSTOP', 'SUBSCRIBE', 'RESUBSCRIBE', 'OPT IN', 'OPTIN'],
  fr: ['ABONNER', 'REABONNER', 'INSCRIRE', 'REINSCRIRE', 'INSCRIPTION', 'REPRENDRE'],
  da: ['TILMELD', 'GENTILMELD'],
  de: ['STARTEN', 'ANMELDEN', 'ANMELDUNG'],
  sv: ['STARTA', 'ANMAL'],
  no: ['PAMELD', 'MELD PA'],
  nl: ['AANMELDEN', 'INSCHRIJVEN'],
  es: ['ALTA', 'DAR DE ALTA', 'DARME DE ALTA'],
  it: ['ISCRIVI', 'ISCRIVIMI', 'RIATTIVA'],
  pt: ['INICIAR', 'INSCREVER'],
  fi: ['ALOITA'],
  pl: ['ZAPISZ', 'WZNOW'],
} as const;

const MEANINGS: ReadonlyMap<string, OptWord> = new Map([
  ...Object.values(STOP_WORDS).flatMap((words) => words.map((word) => [word, 'stop'] as const)),
  ...Object.values(START_WORDS).flatMap((words) => words.map((word) => [word, 'start'] as const)),
]);

/** Letters that Unicode does not take apart into a plain one and an accent. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = { Ø: 'O', Æ: 'AE', Œ: 'OE', Ł: 'L', Đ: 'D' };

/**
 * Whether an SMS asks to get no more SMS, or to get them again: nothing but such a word in any language, or one behind a
 * leased keyword (`SHOP STOP`), whatever its case, accents and punctuation. Null for everything else: a sentence with STOP
 * in it is a sentence.
 */
export function optWordOf(text: string, keywords: readonly string[] = []): OptWord | null {
  const plain = plainWords(text);
  const meaning = MEANINGS.get(plain);
  if (meaning !== undefined) return meaning;
  const keyword = keywords.map(plainWords).find((word) => word !== '' && plain.startsWith(`${word} `));
  return keyword === undefined ? null : (MEANINGS.get(plain.slice(keyword.length + 1)) ?? null);
}

function plainWords(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toUpperCase()
    .replace(/[ØÆŒŁĐ]/g, (letter) => PLAIN_LETTERS[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
