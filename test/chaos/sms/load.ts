import { z } from 'zod';
import type { Clock } from '../../../src/clock.ts';
import type { OdooConnection } from '../../../src/odoo/index.ts';
import type { Stage } from './odoo-setup.ts';

export type LoadOptions = {
  admin: OdooConnection;
  stage: Stage;
  random: () => number;
  clock: Clock;
  /** SMS asked for at most; some of them fall victim to the kills before Odoo knows of them. */
  maxMessages: number;
  /** Pause of each worker between two calls, on average. */
  pauseMs: number;
  /** Resolves when Viaduct takes SMS. */
  ready: () => Promise<void>;
};

export type Load = {
  counts: () => LoadCounts;
  /** Ends it, and resolves when the last call was answered. */
  stop: () => Promise<void>;
};

export type LoadCounts = {
  asked: number;
  rolledBack: number;
  collisions: number;
  resent: number;
  failedCalls: number;
};

const WORKERS = 3;
const MAILING_SIZE = 15;
const COLLIDING = 3;
/** Most SMS are asked for while Viaduct is up: those that it never took can show nothing but their visible failure. */
const PATIENT_SHARE = 0.9;
/** Odoo is down, or only just up again. */
const AFTER_FAILURE_MS = 1_000;
/** How a text ends decides what becomes of it at the provider; see `FATES`. */
const ENDINGS = [
  '',
  '',
  '',
  '',
  '',
  '',
  ' (expired)',
  ' (rejected)',
  ' (unknown number)',
  ' (skipped)',
  ' (taken)',
];

/** What the simulator does with the texts of this load; all others are delivered. */
export const FATES = [
  fate('(expired)', 'EXPIRED', 'Absent subscriber', '0x1013'),
  fate('(rejected)', 'REJECTED', 'Screening block', '0x1030'),
  fate('(unknown number)', 'UNDELIVERABLE', 'Unknown subscriber', '0x1010'),
  { textIncludes: '(skipped)', fate: { ends: 'final', status: 'SKIPPED' } },
  { textIncludes: '(taken)', fate: { ends: 'final', status: 'ACCEPTED' } },
] as const;

/**
 * Sends SMS through Odoo in all the ways its users do, each with a text of its own, until stopped. No call is ever made
 * again: one whose answer was lost may have been committed.
 */
export function startLoad({ admin, stage, random, clock, maxMessages, pauseMs, ready }: LoadOptions): Load {
  const counts: LoadCounts = { asked: 0, rolledBack: 0, collisions: 0, resent: 0, failedCalls: 0 };
  const stopping = new AbortController();
  let texts = 0;

  const oneOf = <Item>(items: readonly Item[]): Item | undefined =>
    items[Math.floor(random() * items.length)];
  const partner = (): number => oneOf(stage.partnerIds) ?? 0;
  const ask = (messages: number) => {
    counts.asked += messages;
  };
  const text = (what: string): string => {
    texts += 1;
    return `${what} ${texts}${oneOf(ENDINGS) ?? ''}`;
  };
  const number = (): string => `+4530${String(100_000 + texts)}`;

  async function compose(values: Readonly<Record<string, string | number>>): Promise<void> {
    ask(1);
    const ids = z.array(z.number()).parse(await admin.call('sms.composer', 'create', [[{ ...values }]]));
    await admin.call('sms.composer', 'action_send_sms', [ids]);
  }

  async function mail(): Promise<void> {
    ask(MAILING_SIZE);
    const first = Math.floor(random() * (stage.partnerIds.length - MAILING_SIZE));
    const ids = stage.partnerIds.slice(first, first + MAILING_SIZE);
    const body = text('Mailing');
    const values = {
      mailing_type: 'sms',
      subject: body,
      body_plaintext: body,
      mailing_model_id: stage.partnerModelId,
      mailing_domain: JSON.stringify([['id', 'in', ids]]),
      sms_allow_unsubscribe: false,
    };
    const mailing = z.array(z.number()).parse(await admin.call('mailing.mailing', 'create', [[values]]));
    await admin.call('mailing.mailing', 'action_send_sms', [mailing]);
  }

  async function run(actionId: number, body: string, shared: number): Promise<void> {
    const chaos = { partner: partner(), number: number(), body, shared };
    await admin.call('ir.actions.server', 'run', [[actionId]], { kwargs: { context: { chaos } } });
  }

  async function collide(): Promise<void> {
    ask(COLLIDING);
    counts.collisions += COLLIDING;
    const shared = partner();
    await Promise.all(
      Array.from({ length: COLLIDING }, () => run(stage.collideActionId, text('Collision'), shared)),
    );
  }

  async function rollBack(): Promise<void> {
    counts.rolledBack += 1;
    await run(stage.raiseActionId, text('Never'), 0).catch(() => undefined);
  }

  /** What a person does who finds failed SMS in Odoo's list. */
  async function resend(): Promise<void> {
    const domain = [
      ['state', '=', 'error'],
      ['to_delete', '=', false],
    ];
    const failed = await admin.call('sms.sms', 'search', [domain], { kwargs: { limit: 3 } });
    const ids = z.array(z.number()).parse(failed);
    counts.resent += ids.length;
    if (ids.length > 0) await admin.call('sms.sms', 'resend_failed', [ids]);
  }

  const fromPartner = () =>
    compose({
      composition_mode: 'comment',
      res_model: 'res.partner',
      res_id: partner(),
      body: text('Hello'),
    });
  const toNumber = () => compose({ composition_mode: 'numbers', body: text('Number'), numbers: number() });
  const DEEDS = [
    ...Array.from({ length: 11 }, () => fromPartner),
    toNumber,
    mail,
    mail,
    collide,
    rollBack,
    resend,
  ];

  async function work(): Promise<void> {
    while (!stopping.signal.aborted && counts.asked < maxMessages) {
      const deed = oneOf(DEEDS) ?? fromPartner;
      if (random() < PATIENT_SHARE) await ready().catch(() => undefined);
      const isDone = await deed().then(
        () => true,
        () => false,
      );
      if (!isDone) counts.failedCalls += 1;
      const waitMs = isDone ? pauseMs * 2 * random() : AFTER_FAILURE_MS;
      await clock.sleep(waitMs, stopping.signal).catch(() => undefined);
    }
  }

  const workers = Array.from({ length: WORKERS }, work);
  return {
    counts: () => ({ ...counts }),
    stop: async () => {
      stopping.abort();
      await Promise.all(workers);
    },
  };
}

function fate(textIncludes: string, status: string, error: string, code: string) {
  return { textIncludes, fate: { ends: 'final', status, error, code } } as const;
}
