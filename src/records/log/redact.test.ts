import { expect, test } from 'vitest';
import { redacted } from './redact.ts';

test('leaves out what is named as a secret, wherever it stands', () => {
  const input = {
    ...{ model: 'res.users', values: { login: 'a', password: 'p1', x_api_key: 'p2', totp_secret: 'p3' } },
    ...{ headers: { Authorization: 'Bearer p4' }, lines: [[0, 0, { access_token: 'p5' }]] },
    ...{ domain: ['&', ['signup_token', '=', 'p6'], ['name', '=', 'shown']], key: ['ref'], monkey: 'seen' },
  };
  const text = redacted(input);
  expect(text).not.toMatch(/p[1-6]/);
  expect(text).toContain('"login":"a"');
  expect(text).toContain('["name","=","shown"]');
  expect(text).toContain('"key":["ref"]');
  expect(text).toContain('"monkey":"seen"');
});

test('cuts long texts, and everything to 10,000 characters', () => {
  expect(redacted({ image: 'x'.repeat(600) })).toBe(`{"image":"${'x'.repeat(500)}… (600 characters)"}`);
  const rows = Array.from({ length: 5_000 }, (_, id) => ({ id, name: `Contact ${id}` }));
  const text = redacted(rows);
  expect(text.length).toBeLessThanOrEqual(10_000);
  expect(text).toMatch(/^\[\{"id":0,"name":"Contact 0"\}/);
});

test('writes nothing of nothing, and never throws', () => {
  expect([redacted(undefined), redacted(null), redacted(0), redacted('')]).toEqual(['', '', '0', '""']);
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  expect(redacted(circle)).toContain('…');
  expect(redacted({ big: 1n, call: () => 1, bytes: Buffer.from('abc') })).toBe(
    '{"big":"…","call":"…","bytes":"… (3 bytes)"}',
  );
});
