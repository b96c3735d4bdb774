import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SendOutcome } from '../gatewayapi/errors.ts';
import type { OutgoingSms } from '../gatewayapi/sending-api.ts';
import { sendBatch } from './send-batch.ts';

function messages(count: number, content = 'Hi'): OutgoingSms[] {
  return Array.from({ length: count }, (_, n) => ({
    userref: `ref-${n}`,
    msisdn: `4510${10_000 + n}`,
    content,
  }));
}

type Fault = { scope: 'account' | 'text' | 'message'; isNamed: boolean };

/** A GatewayAPI that refuses a request for its first bad message, and keeps an account of what it took. */
function provider(faultOf: (message: OutgoingSms) => Fault | null) {
  const accepted: string[] = [];
  const requests: number[] = [];
  async function send(part: readonly OutgoingSms[]): Promise<SendOutcome> {
    requests.push(part.length);
    const bad = part.find((message) => faultOf(message) !== null);
    const fault = bad === undefined ? null : faultOf(bad);
    if (bad === undefined || fault === null) {
      const first = accepted.length;
      accepted.push(...part.map(({ userref }) => userref));
      return { kind: 'accepted', ids: part.map((_, index) => 9001 + first + index) };
    }
    const suspects = fault.isNamed ? [bad.msisdn] : [];
    return { kind: 'refused', scope: fault.scope, failureType: 'unknown', words: 'Refused', suspects };
  }
  return { send, accepted, requests };
}

const named: Fault = { scope: 'message', isNamed: true };
const unnamed: Fault = { scope: 'message', isNamed: false };

describe('sendBatch', () => {
  test('sends all in one request and gives each its own id', async () => {
    const { send, requests } = provider(() => null);
    const outcomes = await sendBatch(messages(500), send);
    expect(requests).toEqual([500]);
    expect(outcomes.get('ref-0')).toEqual({ kind: 'accepted', messageId: 9001 });
    expect(outcomes.get('ref-499')).toEqual({ kind: 'accepted', messageId: 9500 });
  });

  test('takes an acceptance whose ids nobody could read as one without ids', async () => {
    const outcomes = await sendBatch(messages(2), async () => ({ kind: 'accepted', ids: [] }));
    expect([...outcomes.values()]).toEqual([
      { kind: 'accepted', messageId: null },
      { kind: 'accepted', messageId: null },
    ]);
  });

  test('one bad number among 500 that the error names costs two more requests', async () => {
    const { send, accepted, requests } = provider(({ userref }) => (userref === 'ref-123' ? named : null));
    const outcomes = await sendBatch(messages(500), send);
    expect(requests).toEqual([500, 499, 1]);
    expect(accepted).toHaveLength(499);
    expect(outcomes.get('ref-123')).toEqual({ kind: 'refused', failureType: 'unknown', words: 'Refused' });
  });

  test('one bad message among 500 that nobody names costs at most 18 more requests', async () => {
    const { send, accepted, requests } = provider(({ userref }) => (userref === 'ref-123' ? unnamed : null));
    await sendBatch(messages(500), send);
    expect(requests.length).toBeLessThanOrEqual(19);
    expect(accepted).toHaveLength(499);
  });

  test('a suspect number that is no recipient leads nobody astray', async () => {
    const { send, accepted } = provider(({ userref }) => (userref === 'ref-5' ? unnamed : null));
    const withStranger = async (part: readonly OutgoingSms[]) => {
      const outcome = await send(part);
      return outcome.kind === 'refused' ? { ...outcome, suspects: ['4599999999'] } : outcome;
    };
    await sendBatch(messages(16), withStranger);
    expect(accepted).toHaveLength(15);
  });

  test('a filtered text is refused in one request, however many get it', async () => {
    const { send, requests } = provider(() => ({ scope: 'text', isNamed: false }));
    const outcomes = await sendBatch(messages(500), send);
    expect(requests).toEqual([500]);
    expect(new Set([...outcomes.values()].map(({ kind }) => kind))).toEqual(new Set(['refused']));
  });

  test('a filtered text does not take the other texts along', async () => {
    const good = messages(250);
    const bad = messages(500, 'Filtered').slice(250);
    const { send, accepted, requests } = provider(({ content }) =>
      content === 'Filtered' ? { scope: 'text', isNamed: false } : null,
    );
    await sendBatch([...good, ...bad], send);
    expect(accepted).toEqual(good.map(({ userref }) => userref));
    expect(requests).toHaveLength(3);
  });

  test('messages that an answer names by their place are refused, and the others go in one more request', async () => {
    const requests: number[] = [];
    const outcomes = await sendBatch(messages(500), async (part) => {
      requests.push(part.length);
      const refused = { kind: 'refused', failureType: 'sms_number_format', words: 'Bad' } as const;
      const bad = part.flatMap(({ userref }, index) => (/7$/.test(userref) ? [index] : []));
      if (bad.length > 0) return { kind: 'invalid', messages: new Map(bad.map((index) => [index, refused])) };
      return {
        kind: 'each',
        outcomes: part.map(({ userref }) => ({ kind: 'accepted', messageId: userref })),
      };
    });
    expect(requests).toEqual([500, 450]);
    expect(outcomes.get('ref-7')).toMatchObject({ kind: 'refused', words: 'Bad' });
    expect(outcomes.get('ref-8')).toEqual({ kind: 'accepted', messageId: 'ref-8' });
    expect(outcomes.size).toBe(500);
  });

  test('a refusal of the account is not tried on smaller requests', async () => {
    const { send, requests } = provider(() => ({ scope: 'account', isNamed: false }));
    const outcomes = await sendBatch(messages(500), send);
    expect(requests).toEqual([500]);
    expect(outcomes.size).toBe(500);
  });

  test.each([
    ['asks to wait', { kind: 'not-accepted', words: 'Slow down', retryAfterMs: 7_000 }],
    ['never answers', { kind: 'unknown', words: 'Timed out' }],
  ] as const)(
    'after a provider that %s nothing more is sent, and the rest was not accepted',
    async (_what, pause) => {
      const { send, requests } = provider(({ userref }) => (userref === 'ref-0' ? named : null));
      let calls = 0;
      const outcomes = await sendBatch(messages(4), async (part) => {
        calls += 1;
        return calls === 1 ? send(part) : pause;
      });
      expect(requests).toEqual([4]);
      expect(calls).toBe(2);
      expect(outcomes.get('ref-1')).toEqual(pause);
      expect(outcomes.get('ref-0')).toMatchObject({ kind: 'not-accepted', words: pause.words });
    },
  );

  test('whatever is bad, exactly the good ones are accepted, each once, and each message has one outcome', async () => {
    const oneMessage = record({
      isBad: boolean(),
      isNamed: boolean(),
      content: constantFrom('A', 'B', 'Filtered'),
    });
    const property = asyncProperty(
      array(oneMessage, { maxLength: 40 }),
      integer({ min: 0, max: 3 }),
      async (plan, repeats) => {
        // Some numbers come twice: an error that names one does not say which message.
        const batch = plan.map(({ content }, n) => ({
          userref: `ref-${n}`,
          msisdn: `4510${10_000 + Math.floor(n / (1 + repeats))}`,
          content,
        }));
        const badNumbers = new Map(
          batch.flatMap(({ msisdn }, n) => (plan[n]?.isBad ? [[msisdn, plan[n].isNamed] as const] : [])),
        );
        const faultOf = ({ msisdn, content }: OutgoingSms): Fault | null => {
          const isNamed = badNumbers.get(msisdn);
          if (isNamed !== undefined) return { scope: 'message', isNamed };
          return content === 'Filtered' ? { scope: 'text', isNamed: false } : null;
        };
        const { send, accepted, requests } = provider(faultOf);
        const outcomes = await sendBatch(batch, send);

        const good = batch.filter((message) => faultOf(message) === null).map(({ userref }) => userref);
        expect(accepted.toSorted()).toEqual(good.toSorted());
        expect([...outcomes.keys()].toSorted()).toEqual(batch.map(({ userref }) => userref).toSorted());
        for (const message of batch) {
          expect(outcomes.get(message.userref)?.kind).toBe(
            faultOf(message) === null ? 'accepted' : 'refused',
          );
        }
        expect(requests.length).toBeLessThanOrEqual(Math.max(1, 2 * batch.length - 1));
      },
    );
    await assert(property, { numRuns: 200 });
  });
});
