import { describe, expect, test } from 'vitest';
import { ViaductError } from './errors.ts';
import { createLog, type Log } from './log.ts';
import { NUMBER_KEYS, SECRET_KEYS } from './redaction.ts';

function writtenBy(act: (log: Log) => void): { text: string; line: Record<string, unknown> } {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  act(createLog({ level: 'info', destination }));
  const text = lines.join('');
  return { text, line: lines.length === 1 ? JSON.parse(text) : {} };
}

describe('a log line', () => {
  test('has level, time, event and the given facts', () => {
    const { line } = writtenBy((log) => log.warn({ attempt: 2 }, 'delivery will be retried'));
    expect(line).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      attempt: 2,
      event: 'delivery will be retried',
    });
  });

  test('is not written below the level', () => {
    expect(writtenBy((log) => log.debug('nothing')).text).toBe('');
  });

  test('tells code and verdict of an error, and why it came', () => {
    const cause = new Error('connection reset');
    const error = new ViaductError({
      code: 'odoo-unavailable',
      message: 'Odoo is down.',
      retry: 'later',
      cause,
    });
    const { line } = writtenBy((log) => log.error({ error }, 'call failed'));
    expect(line['error']).toMatchObject({
      code: 'odoo-unavailable',
      retry: 'later',
      text: 'Odoo is down.',
      cause: 'connection reset',
    });
  });
});

describe('redaction', () => {
  test.each(SECRET_KEYS)('hides %s on every level and in children', (key) => {
    const facts = { [key]: 'swordfish', one: { [key]: 'swordfish', two: { [key]: 'swordfish' } } };
    const { text } = writtenBy((log) => {
      log.info(facts, 'seen');
      log.child(facts).info('seen in a child');
    });
    expect(text).not.toContain('swordfish');
    expect(text.match(/\[redacted\]/g)).toHaveLength(6);
  });

  test.each(NUMBER_KEYS)('shortens the telephone numbers in %s', (key) => {
    const { text } = writtenBy((log) =>
      log.info({ [key]: '+4512345678', sms: { [key]: [4512345678] } }, 'seen'),
    );
    expect(text).not.toContain('12345678');
    expect(text).toContain('+45…78');
    expect(text).toContain('45…78');
  });

  test('leaves other facts alone', () => {
    const { line } = writtenBy((log) => log.info({ queue: 'sms.send', entries: 3 }, 'batch done'));
    expect(line).toMatchObject({ queue: 'sms.send', entries: 3 });
  });
});
