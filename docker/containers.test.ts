import { expect, test } from 'vitest';
import { plainLog } from './containers.ts';

function piece(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test('reads the pieces of both outputs of a container as one text', () => {
  expect(plainLog(Buffer.concat([piece(1, 'påbegyndt\n'), piece(2, 'WARNING\n')]))).toBe(
    'påbegyndt\nWARNING\n',
  );
});

test('leaves out a piece that was cut', () => {
  expect(plainLog(Buffer.concat([piece(1, 'one\n'), Buffer.from([1, 0, 0])]))).toBe('one\n');
});
