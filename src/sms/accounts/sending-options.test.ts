import { describe, expect, test } from 'vitest';
import { checkSendingOptions, DEFAULT_SENDING, type SendingChoices } from './sending-options.ts';

const none: SendingChoices = {
  api: null,
  messageClass: null,
  priority: null,
  label: null,
  validityMinutes: 0,
};

describe('sending options', () => {
  test('left empty are left to GatewayAPI, over its REST API', () => {
    expect(checkSendingOptions(none)).toEqual({ options: DEFAULT_SENDING, faults: [] });
  });

  test('are what the administrator chose', () => {
    const choices = {
      ...{ api: 'messaging', messageClass: 'premium', priority: 'VERY_URGENT', label: ' shop ' },
      validityMinutes: 7_200,
    };
    expect(checkSendingOptions(choices)).toEqual({ options: { ...choices, label: 'shop' }, faults: [] });
  });

  test.each([
    [{ api: 'smpp' }, 'The API "smpp" is not one of GatewayAPI\'s: rest, messaging.'],
    [{ messageClass: 'gold' }, 'The class "gold" is not one of'],
    [{ priority: 'urgent' }, 'The priority "urgent" is not one of'],
    [{ validityMinutes: 7_201 }, 'The validity must be 0 to 7200 minutes'],
    [{ validityMinutes: -1 }, 'The validity must be 0 to 7200 minutes'],
    [{ validityMinutes: 1.5 }, 'The validity must be 0 to 7200 minutes'],
  ])('%j are a fault in words, and left at their default', (wrong, words) => {
    expect(checkSendingOptions({ ...none, ...wrong })).toEqual({
      options: DEFAULT_SENDING,
      faults: [expect.stringContaining(words)],
    });
  });
});
