import { describe, expect, test } from 'vitest';
import type { Json } from '../../odoo/index.ts';
import { OdooFault } from './odoo-fault.ts';
import { readXmlRpcCall } from './xml-rpc-reader.ts';
import { writeNumberFault, writeTextFault, writeXmlRpcAnswer } from './xml-rpc-writer.ts';

const call = (value: string) =>
  `<?xml version="1.0"?><methodCall><methodName>execute</methodName><params><param>${value}</param></params></methodCall>`;
const read = (value: string): Json | undefined => readXmlRpcCall(call(value)).params[0];

function faultOfReading(text: string): string {
  try {
    readXmlRpcCall(text);
    return 'none';
  } catch (error) {
    return error instanceof OdooFault ? error.className : 'another error';
  }
}

describe('a call in XML', () => {
  test.each<[string, Json]>([
    ['<value>plain</value>', 'plain'],
    ['<value><string>a &lt;b&gt; &#233;</string></value>', 'a <b> é'],
    ['<value><string><![CDATA[<array>]]></string></value>', '<array>'],
    ['<value><int>-12</int></value>', -12],
    ['<value><i8>3000000000</i8></value>', 3_000_000_000],
    ['<value><double>1.5</double></value>', 1.5],
    ['<value><boolean>1</boolean></value>', true],
    ['<value><nil/></value>', null],
    ['<value><base64>\n aGVq\n</base64></value>', 'aGVq'],
    ['<value><dateTime.iso8601>20260122T10:30:05</dateTime.iso8601></value>', '2026-01-22 10:30:05'],
    ['<value><array><data></data></array></value>', []],
    ['<value><array><data><value><int>1</int></value><value>b</value></data></array></value>', [1, 'b']],
    ['<value><struct><member><name>a</name><value><int>1</int></value></member></struct></value>', { a: 1 }],
  ])('%s is read', (xml, expected) => {
    expect(read(xml)).toEqual(expected);
  });

  test('keeps a member of any name as its own', () => {
    const value = read(
      '<value><struct><member><name>__proto__</name><value><struct></struct></value></member></struct></value>',
    );
    expect(Object.keys(Object(value))).toEqual(['__proto__']);
  });

  test('is refused where it is none', () => {
    expect(faultOfReading('')).toBe('BadRequest');
    expect(faultOfReading('{"jsonrpc": "2.0"}')).toBe('BadRequest');
    expect(faultOfReading(call('<value><int>12 apples</int></value>'))).toBe('BadRequest');
    expect(faultOfReading(call('<value><struct><value>a</value></struct></value>'))).toBe('BadRequest');
    expect(faultOfReading(call('<value><thing>1</thing></value>'))).toBe('BadRequest');
    expect(faultOfReading('<methodResponse><params></params></methodResponse>')).toBe('BadRequest');
  });

  test('brings no entities of its own', () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>';
    expect(faultOfReading(bomb + call('<value>&b;</value>'))).toBe('BadRequest');
    expect(read('<value>&b;</value>')).toBe('&b;');
  });

  test('is bounded in depth and in number', () => {
    const nested = (depth: number) =>
      call('<value><array><data>'.repeat(depth) + '</data></array></value>'.repeat(depth));
    expect(faultOfReading(nested(90))).toBe('none');
    expect(faultOfReading(nested(50_000))).toBe('RequestEntityTooLarge');
    const many = call(`<value><array><data>${'<value/>'.repeat(100_001)}</data></array></value>`);
    expect(faultOfReading(many)).toBe('RequestEntityTooLarge');
  });
});

describe('an answer in XML', () => {
  test('gives back what a call brought', () => {
    const value = {
      text: 'a <b> & "c"\r\n',
      number: 5_000_000_000,
      share: 0.5,
      no: false,
      none: null,
      list: [1, ['x']],
    };
    const answer = writeXmlRpcAnswer(value);
    const [, written = ''] = /<param>\n([\s\S]*)<\/param>/.exec(answer) ?? [];
    expect(read(written)).toEqual(value);
  });

  test('holds nothing that XML cannot', () => {
    expect(writeXmlRpcAnswer('a\u0000\u000b\ud800b')).toContain('<string>a\ufffdb</string>');
  });

  test('tells faults by number, and by text at the older address', () => {
    const fault = new OdooFault('AccessError', 'Not <you>.');
    expect(writeNumberFault(fault)).toContain('<name>faultCode</name><value><int>4</int></value>');
    expect(writeNumberFault(fault)).toContain('Not &lt;you&gt;.');
    expect(writeTextFault(fault)).toContain('warning -- AccessError\n\nNot &lt;you&gt;.');
    expect(writeTextFault(new OdooFault('AccessDenied', 'No.'))).toContain('<string>AccessDenied</string>');
    const other = writeNumberFault(new OdooFault('ValueError', 'Bad.'));
    expect(other).toContain('<int>1</int>');
    expect(other).toContain('builtins.ValueError: Bad.\n</string>');
  });
});
