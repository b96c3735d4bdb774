import type { Answer } from './answers.ts';
import type { Attack } from './attack.ts';
import type { Outcome } from './connection.ts';
import { ELSEWHERE } from './generators.ts';
import { SECRETS } from './secrets.ts';

/** What a run counts while it goes on. */
export type Ledger = {
  note: (attack: Attack, outcome: Outcome) => void;
  /** An answer outside of an attack with a verdict of its own, as to a slow crowd. */
  noteAnswer: (answer: Answer, what: string) => void;
  fault: (name: Fault, what: string) => void;
  counts: () => LedgerCounts;
};

export const FAULTS = [
  ...([
    'unexpected5xx',
    'forgedAccepted',
    'answersWithoutRequestId',
    'unreadableAnswers',
    'unanswered',
  ] as const),
  ...(['secretsInAnswers', 'slowHeld', 'limitEvaded', 'strangersLetIn'] as const),
] as const;
export type Fault = (typeof FAULTS)[number];

export type LedgerCounts = {
  faults: Readonly<Record<Fault, number>>;
  putOff: number;
  statuses: Readonly<Record<string, number>>;
  kinds: Readonly<Record<string, number>>;
  /** The first of each kind of fault, for who has to find its reason. */
  examples: readonly string[];
};

/** Codes of 503 that a client is told to come back after; the routes document them. */
const PUT_OFF = /"code":"(journal-full|journal-busy|too-many-bodies)"/;
const OPERATOR_ROUTES: ReadonlySet<string> = new Set(['GET /readyz', 'GET /metrics']);

/** An empty ledger. */
export function createLedger(): Ledger {
  const faults = new Map<Fault, number>();
  const statuses = new Map<string, number>();
  const kinds = new Map<string, number>();
  const examples: string[] = [];
  let putOff = 0;

  function fault(name: Fault, what: string): void {
    const before = faults.get(name) ?? 0;
    faults.set(name, before + 1);
    if (before < 3) examples.push(`${name}: ${what}`);
  }

  function noteAnswer({ status, requestId, body }: Answer, what: string): void {
    add(statuses, String(status));
    if (requestId === '') fault('answersWithoutRequestId', `${status} ${what}`);
    if (SECRETS.some((secret) => body.includes(secret))) fault('secretsInAnswers', `${status} ${what}`);
    if (status < 500 || status === 505) return;
    if (status === 503 && PUT_OFF.test(body)) putOff += 1;
    else fault('unexpected5xx', `${status} ${what} ${body.slice(0, 200)}`);
  }

  function note(attack: Attack, { answers, unreadable, unanswered }: Outcome): void {
    const what = describe(attack);
    kinds.set(attack.kind, (kinds.get(attack.kind) ?? 0) + attack.requests);
    if (unreadable) fault('unreadableAnswers', what);
    if (unanswered) fault('unanswered', what);
    for (const answer of answers) {
      noteAnswer(answer, what);
      if (!isBelieved(attack, answer)) continue;
      fault(OPERATOR_ROUTES.has(attack.route) ? 'strangersLetIn' : 'forgedAccepted', what);
    }
  }

  return {
    note,
    noteAnswer,
    fault,
    counts: () => ({
      faults: zeroOr(faults),
      putOff,
      statuses: Object.fromEntries([...statuses].toSorted()),
      kinds: Object.fromEntries([...kinds].toSorted()),
      examples,
    }),
  };
}

/** Odoo's protocols answer 200 also to who is refused; the word for it is in the body. */
const REFUSED_IN_WORDS: ReadonlyMap<string, (body: string) => boolean> = new Map([
  ['POST /api/sms/3/send', (body) => !body.includes('"state":"processing"')],
  ['POST /jsonrpc', (body) => body.includes('"error":')],
  ['POST /xmlrpc/2/:service', (body) => body.includes('<fault>')],
  ['POST /xmlrpc/:service', (body) => body.includes('<fault>')],
]);

/** Whether what had to be refused was not. What is passed on is another server's to believe. */
export function isBelieved(
  { route, mustRefuse }: Pick<Attack, 'route' | 'mustRefuse'>,
  { status, body }: Pick<Answer, 'status' | 'body'>,
): boolean {
  if (!mustRefuse || status >= 300 || route === ELSEWHERE || route.endsWith('/*')) return false;
  return !(REFUSED_IN_WORDS.get(route)?.(body) ?? false);
}

function describe({ route, kind, packets }: Attack): string {
  const bytes = Buffer.concat(packets.slice(0, 3));
  return `${route} (${kind}): ${JSON.stringify(bytes.subarray(0, 700).toString('latin1'))}`;
}

function zeroOr(faults: ReadonlyMap<Fault, number>): Record<Fault, number> {
  const count = (name: Fault) => faults.get(name) ?? 0;
  return {
    unexpected5xx: count('unexpected5xx'),
    forgedAccepted: count('forgedAccepted'),
    answersWithoutRequestId: count('answersWithoutRequestId'),
    unreadableAnswers: count('unreadableAnswers'),
    unanswered: count('unanswered'),
    secretsInAnswers: count('secretsInAnswers'),
    slowHeld: count('slowHeld'),
    limitEvaded: count('limitEvaded'),
    strangersLetIn: count('strangersLetIn'),
  };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
