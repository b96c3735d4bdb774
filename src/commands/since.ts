import { ViaductError } from '../errors.ts';

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A moment (ms since 1970) from a date and time, or from how long ago it is, as `90m`, `12h`, `3d`. Throws `usage`. */
export function parseSince(text: string, nowMs: number): number {
  const [, count, unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const ms = count === undefined ? Date.parse(text) : nowMs - Number(count) * (UNIT_MS[unit] ?? 0);
  if (Number.isFinite(ms)) return ms;
  const message = `"${text}" is no time. Write it as 2026-03-01T12:00Z, or as 90m, 12h or 3d for so long ago.`;
  throw new ViaductError({ code: 'usage', message, retry: 'never' });
}
