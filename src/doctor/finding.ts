export const FINDING_STATES = ['ok', 'warning', 'fault'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** What one check found: one line for a person. Whatever is not ok comes with what to do about it. */
export type Finding = { check: string; state: FindingState; words: string; cure: string | null };

export function ok(check: string, words: string): Finding {
  return { check, state: 'ok', words, cure: null };
}

export function warning(check: string, words: string, cure: string): Finding {
  return { check, state: 'warning', words, cure };
}

export function fault(check: string, words: string, cure: string): Finding {
  return { check, state: 'fault', words, cure };
}
