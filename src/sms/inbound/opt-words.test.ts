import { describe, expect, test } from 'vitest';
import { optWordOf } from './opt-words.ts';

describe('a word that ends all SMS', () => {
  test.each([
    ...['STOP', 'stop', ' Stop. ', '“STOP”!', 'STOP\n', 'stop all', 'Unsubscribe', 'opt-out'],
    ...['Arrêt', 'ARRET', 'désabonner', 'Afmeld', 'frameld', 'STOPP', 'Abmelden', 'Avanmäl', 'avsluta'],
    ...[
      'Meld av',
      'AFMELDEN',
      'uitschrijven',
      'Baja',
      'dar de baja',
      'Cancellami',
      'sair',
      'lopeta',
      'Rezygnuję',
    ],
  ])('%j', (text) => {
    expect(optWordOf(text)).toBe('stop');
  });
});

describe('a word that begins them again', () => {
  test.each([
    ...['START', 'unstop', 'Subscribe!', 'réabonner', 'Tilmeld', 'anmelden', 'anmäl', 'PÅMELD'],
    ...['aanmelden', 'alta', 'iscrivimi', 'aloita', 'Wznów'],
  ])('%j', (text) => {
    expect(optWordOf(text)).toBe('start');
  });
});

describe('no such word', () => {
  test.each([
    ...[
      '',
      ' ',
      '!',
      'Please stop calling me',
      'I will stop by at five',
      'stop it',
      'nonstop',
      'STOP 5',
      'bus stop',
    ],
    ...[
      'Do not STOP',
      'STOP or START?',
      'Cancel',
      'NO',
      'End',
      'START STOP',
      'constructor',
      '__proto__',
      'SHOP STOP',
    ],
  ])('%j', (text) => {
    expect(optWordOf(text)).toBeNull();
  });
});

describe('behind a leased keyword', () => {
  const keywords = ['Shop', 'CAFÉ BAR', ''];
  test.each([
    ['SHOP stop', 'stop'],
    ['shop: STOP!', 'stop'],
    ['Cafe bar start', 'start'],
    ['STOP', 'stop'],
    ['SHOP stop it', null],
    ['SHOP', null],
    ['WORKSHOP STOP', null],
    ['SHOP SHOP STOP', null],
  ])('%j is %s', (text, meaning) => {
    expect(optWordOf(text, keywords)).toBe(meaning);
  });
});
