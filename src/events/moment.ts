/** A moment (ms since 1970) as events have it: UTC in whole seconds, `2025-01-22T10:30:00Z`. */
export function momentText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
