import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pythonJson } from './python-json.ts';

/** Recorded from Python 3.11: a text, and `json.dumps(json.loads(text), sort_keys=True)`. */
const RECORDED: readonly [string, string][] = [
  ['5000', '5000'],
  ['5000.0', '5000.0'],
  ['5000.00', '5000.0'],
  ['4166.67', '4166.67'],
  ['-0', '0'],
  ['-0.0', '-0.0'],
  ['0.0', '0.0'],
  ['0e5', '0.0'],
  ['1e5', '100000.0'],
  ['1E5', '100000.0'],
  ['1e15', '1000000000000000.0'],
  ['1e16', '1e+16'],
  ['9007199254740993', '9007199254740993'],
  ['9007199254740993.0', '9007199254740992.0'],
  ['123456789012345678901234567890', '123456789012345678901234567890'],
  ['1e21', '1e+21'],
  ['1e22', '1e+22'],
  ['123456789012345680000.0', '1.2345678901234568e+20'],
  ['1e-4', '0.0001'],
  ['0.0001', '0.0001'],
  ['0.00001', '1e-05'],
  ['1e-5', '1e-05'],
  ['1.5e-7', '1.5e-07'],
  ['1e-7', '1e-07'],
  ['0.000123', '0.000123'],
  ['5e-324', '5e-324'],
  ['1.7976931348623157e308', '1.7976931348623157e+308'],
  ['1e400', 'Infinity'],
  ['-1e400', '-Infinity'],
  ['833.33', '833.33'],
  ['0.1', '0.1'],
  ['1e2', '100.0'],
  ['100e-2', '1.0'],
  ['1.0e0', '1.0'],
  ['2.5e-5', '2.5e-05'],
  ['12345678.9e10', '1.23456789e+17'],
  ['999999999999999.9', '999999999999999.9'],
  ['9999999999999998.0', '9999999999999998.0'],
  ['99999999999999990.0', '9.999999999999998e+16'],
  ['"\u00e9\u20ac\ud83d\ude00"', '"\\u00e9\\u20ac\\ud83d\\ude00"'],
  ['"\\u007f\\u0080 ~"', '"\\u007f\\u0080 ~"'],
  ['"\\b\\f\\n\\r\\t\\u0001\\"\\\\\\/"', '"\\b\\f\\n\\r\\t\\u0001\\"\\\\/"'],
  ['"\\ud800"', '"\\ud800"'],
  ['"\\ud83d\\ude00"', '"\\ud83d\\ude00"'],
  [
    '{"b":1,"a":{"z":[],"y":{}},"\\uffff":1,"\\ud83d\\ude00":2,"\\ue000":3}',
    '{"a": {"y": {}, "z": []}, "b": 1, "\\ue000": 3, "\\uffff": 1, "\\ud83d\\ude00": 2}',
  ],
  ['{"a":1,"a":2.50}', '{"a": 2.5}'],
  ['[true,false,null,[1,2.0,"x"]]', '[true, false, null, [1, 2.0, "x"]]'],
  ['{}', '{}'],
  ['[]', '[]'],
  [' { "a" : [ 1 , 2 ] } ', '{"a": [1, 2]}'],
  ['{"10":1,"9":2,"":0,"aa":1,"a":2}', '{"": 0, "10": 1, "9": 2, "a": 2, "aa": 1}'],
  ['{"__proto__":{"x":1},"constructor":2}', '{"__proto__": {"x": 1}, "constructor": 2}'],
  [
    '{"data": {"name": "\u00c9cole Primaire", "amount": 5000.00}, "event": "sale.order.updated"}',
    '{"data": {"amount": 5000.0, "name": "\\u00c9cole Primaire"}, "event": "sale.order.updated"}',
  ],
  ['"<\\/script>\\u2028"', '"</script>\\u2028"'],
];

/** Recorded from Python 3.11: what `repr` makes of floats with random bits and of random sizes. */
const FLOATS = `-1.989032661366619e+244 7.761117632285041e+178 3.980498358697587e-249 -1.5432835417340557e+88 1.3647584518757569e-192 -1.3701135617873088e-206 -1.7160537630466207e+197 6.294675241195386e-44 1.0613447212142254e-202 4.708325160387546e+207 6.387016158513563e-12 -9.973130378568733e-246 8.779753225680271e-236 -5.795503248498993e-228 -5.988180159386011e+243 -1.306052388527796e-147 -2.436117699484841e-206 2.233386999150174e-232 -3.51527970626667e-203 1.5987381841032883e-247 4.6678633181812096e-36 -8.441872792105456e-239 1.9015657400796622e-144 7.370437700706684e+208 -1.7163996725272777e-258 3482172375162438.5 7712918291966719.0 3.2885044454882505e-05 55.950118364201735 -41243570626.680695 -4.6466823856575745 0.04761348554541922 -0.0012120447684185027 -0.0005093194062187672 -43729180270.18338 -6.234997313270283e-06 -0.20786080879488988 0.0146490264878981 2.9928131116096515e-05 3.066531041848018e-07 -79533515.8638774 0.7656500461563873 6811.127282425336 -91.92762691247138 -5.342146438476947e-07 -6.20853638641636e+18 1.6638753107430926e-06 -2.5552607308821385e+19 -644481994969.9365 -4.801035556942493e+16`;

describe('what Python would make of a JSON text', () => {
  test.each(RECORDED)('%s', (text, expected) => {
    expect(pythonJson(text)).toBe(expected);
  });

  test.each(FLOATS.split(' '))('leaves the float %s as Python writes it', (float) => {
    expect(pythonJson(float)).toBe(float);
  });

  test('says the same as the text, whatever is in it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(JSON.parse(pythonJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('stays as it is when a receiver parses it and writes it again', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const once = pythonJson(text);
        expect(pythonJson(once)).toBe(once);
      }),
    );
  });

  test('is ASCII only, and has its keys in order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.integer()), (object) => {
        const text = pythonJson(JSON.stringify(object));
        expect(text).toMatch(/^[ -~]*$/);
        const points = Object.keys(JSON.parse(text, (_key, value) => value)).length;
        expect(points).toBe(Object.keys(object).length);
      }),
    );
  });

  test('refuses what is no JSON', () => {
    expect(() => pythonJson('{"a": NaN}')).toThrow(SyntaxError);
  });
});
