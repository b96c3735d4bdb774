import type { Change } from './truth.ts';

/** One request as the receiver took it, in the order of arrival. */
export type Receipt = {
  /** The subscription, as the path of its URL. */
  path: string;
  webhookId: string;
  /** `res.partner.updated` is `updated`. */
  kind: string;
  recordId: number;
  value: string;
  /** Whether the receiver answered 2xx: what it did not accept it has not got. */
  isAccepted: boolean;
  isSigned: boolean;
};

const FAULTS = ['lost', 'outOfOrder', 'uncommitted', 'idChanged', 'idShared', 'badSignature'] as const;
type Faults = Record<(typeof FAULTS)[number], string[]>;

export type Judgement = {
  changes: number;
  receipts: number;
  /** Requests about what the receiver had accepted before, and those that it refused. */
  repeated: number;
  refused: number;
  /** Committed and never accepted, each change for each subscription. */
  lost: number;
  /** Arrived or accepted for the first time behind a later change of the same record. */
  outOfOrder: number;
  uncommitted: number;
  /** The same change under another webhook-id. */
  idChanged: number;
  /** Two changes under one webhook-id. */
  idShared: number;
  badSignature: number;
  /** The first of each kind of fault, in words, for whoever looks for the reason. */
  examples: string[];
};

const EXAMPLES_OF_A_KIND = 5;

/** Judges a run by what PostgreSQL committed and by what receivers got; nothing that Viaduct says is asked. */
export function judge(
  changes: readonly Change[],
  receipts: readonly Receipt[],
  paths: readonly string[],
): Judgement {
  const found: Faults = {
    ...{ lost: [], outOfOrder: [], uncommitted: [] },
    ...{ idChanged: [], idShared: [], badSignature: [] },
  };
  const committed = new Set(changes.map(nameOf));
  let repeated = 0;
  for (const path of paths) {
    const here = receipts.filter((receipt) => receipt.path === path);
    const accepted = here.filter(({ isAccepted }) => isAccepted);
    const acceptedNames = new Set(accepted.map(nameOf));
    repeated += accepted.length - acceptedNames.size;
    const inWords = (name: string) => `${path}: ${name}`;
    found.lost.push(...[...committed].filter((name) => !acceptedNames.has(name)).map(inWords));
    const strangers = here.map(nameOf).filter((name) => !committed.has(name));
    found.uncommitted.push(...[...new Set(strangers)].map(inWords));
    const late = new Set([...lateOnes(changes, here), ...lateOnes(changes, accepted)]);
    found.outOfOrder.push(...[...late].map(inWords));
    found.idChanged.push(...ambiguous(here, nameOf, ({ webhookId }) => webhookId).map(inWords));
    found.idShared.push(...ambiguous(here, ({ webhookId }) => webhookId, nameOf).map(inWords));
    found.badSignature.push(
      ...here
        .filter(({ isSigned }) => !isSigned)
        .map(nameOf)
        .map(inWords),
    );
  }
  const counts = Object.fromEntries(FAULTS.map((kind) => [kind, found[kind].length]));
  return {
    changes: changes.length,
    receipts: receipts.length,
    ...{ repeated, refused: receipts.filter(({ isAccepted }) => !isAccepted).length },
    ...{ lost: 0, outOfOrder: 0, uncommitted: 0, idChanged: 0, idShared: 0, badSignature: 0, ...counts },
    examples: FAULTS.flatMap((kind) =>
      found[kind].slice(0, EXAMPLES_OF_A_KIND).map((words) => `${kind}: ${words}`),
    ),
  };
}

/** Whether nothing that was promised was broken. */
export function isKept(judgement: Judgement): boolean {
  return FAULTS.every((kind) => judgement[kind] === 0);
}

/** Changes that were there for the first time only after a later one of the same record. */
function lateOnes(changes: readonly Change[], receipts: readonly Receipt[]): string[] {
  const rankOf = new Map(changes.map((change, index) => [nameOf(change), index]));
  const furthest = new Map<number, number>();
  const seen = new Set<string>();
  return receipts.flatMap((receipt) => {
    const name = nameOf(receipt);
    const rank = rankOf.get(name);
    if (rank === undefined || seen.has(name)) return [];
    seen.add(name);
    const before = furthest.get(receipt.recordId) ?? -1;
    furthest.set(receipt.recordId, Math.max(before, rank));
    return rank < before ? [name] : [];
  });
}

/** Those by whose one key several others are found. */
function ambiguous(
  receipts: readonly Receipt[],
  keyOf: (receipt: Receipt) => string,
  otherOf: (receipt: Receipt) => string,
): string[] {
  const groups = Map.groupBy(receipts, keyOf);
  return [...groups].flatMap(([key, some]) => {
    const others = new Set(some.map(otherOf));
    return others.size > 1 ? [`${key} has ${[...others].join(' and ')}`] : [];
  });
}

function nameOf({ recordId, kind, value }: Pick<Change | Receipt, 'recordId' | 'kind' | 'value'>): string {
  return `record ${recordId} ${kind} "${value}"`;
}
