import { describe, expect, test } from 'vitest';
import { fillUrl } from './fill-url.ts';

const BODY = JSON.stringify({
  event: 'sale.order.updated',
  data: {
    ...{ id: 12, name: 'SO/1 ä&b?', state: null, active: false, amount: 10.5 },
    partner_id: { id: 7, name: 'Anna', tags: [{ id: 1 }, { id: 2 }] },
    ...{ dots: '..', dot: '.', host: 'evil.example', surrogate: '\ud800' },
  },
});

describe('the URL of a delivery', () => {
  test.each([
    ['https://x.example/a', 'https://x.example/a'],
    [' https://x.example/a ', 'https://x.example/a'],
    ['https://x.example/{{id}}', 'https://x.example/12'],
    ['https://x.example/{{ id }}/{{ partner_id.name }}', 'https://x.example/12/Anna'],
    ['https://x.example/?n={{ name }}', 'https://x.example/?n=SO%2F1%20%C3%A4%26b%3F'],
    ['https://x.example/?p={{ partner_id }}', 'https://x.example/?p=7'],
    ['https://x.example/?t={{ partner_id.tags }}', 'https://x.example/?t=1%2C2'],
    ['https://x.example/?t={{ partner_id.tags.id }}', 'https://x.example/?t=1%2C2'],
    [
      'https://x.example/?s={{ state }}&a={{ active }}&m={{ amount }}',
      'https://x.example/?s=&a=false&m=10.5',
    ],
    ['https://x.example/?x={{ nothing.there }}', 'https://x.example/?x='],
    ['https://x.example/{{ event }}/{{ data.id }}', 'https://x.example/sale.order.updated/12'],
    ['https://x.example/?c={{ constructor }}{{ __proto__.x }}', 'https://x.example/?c='],
    ['https://x.example/?c={{ surrogate }}', 'https://x.example/?c=%EF%BF%BD'],
    ['https://x.example/v{{ dot }}1', 'https://x.example/v.1'],
    ['https://x.example/a/{{ dot }}', 'https://x.example/a/'],
    ['https://x.example/?d={{ dots }}', 'https://x.example/?d=..'],
  ])('%s', (template, expected) => {
    expect(fillUrl(template, BODY).href).toBe(expected);
  });

  test.each([
    ['https://{{ host }}/a', 'may only stand behind the host'],
    ['https://x.example{{ host }}/a', 'may only stand behind the host'],
    ['https://x.example:{{ id }}/a', 'may only stand behind the host'],
    ['{{ host }}', 'The URL is none'],
    ['https://x.example/a/{{ dots }}/b', 'leads to another path'],
    ['https://x.example/a/{{ dot }}{{ dot }}/b', 'leads to another path'],
    ['https://x.example/a/.{{ dot }}/b', 'leads to another path'],
    ['', 'The URL is none'],
    ['x.example/a', 'The URL is none'],
    ['ftp://x.example/a', 'must start with http:// or https://'],
    ['file:///etc/passwd', 'must start with http:// or https://'],
    ['https://user:pass@x.example/', 'holds a login'],
    ['https://user@x.example/', 'holds a login'],
  ])('%s is refused', (template, words) => {
    expect(() => fillUrl(template, BODY)).toThrow(words);
  });
});
