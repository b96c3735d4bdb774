/** GatewayAPI's two APIs: the REST API of old, and the messaging API that it leads new customers to. */
export const SENDING_APIS = ['rest', 'messaging'] as const;
export type SendingApiName = (typeof SENDING_APIS)[number];
const MESSAGE_CLASSES = ['standard', 'premium', 'secret'] as const;
const PRIORITIES = ['BULK', 'NORMAL', 'URGENT', 'VERY_URGENT'] as const;

/** How an account sends; null and 0 leave it to GatewayAPI. */
export type SendingOptions = {
  api: SendingApiName;
  /** REST only. */
  messageClass: (typeof MESSAGE_CLASSES)[number] | null;
  priority: (typeof PRIORITIES)[number] | null;
  /** Under which GatewayAPI counts and invoices it. */
  label: string | null;
  /** How long GatewayAPI tries to deliver it. */
  validityMinutes: number;
};

/** The same as an administrator wrote them in Odoo. */
export type SendingChoices = {
  api: string | null;
  messageClass: string | null;
  priority: string | null;
  label: string | null;
  validityMinutes: number;
};

/** GatewayAPI keeps trying for five days, its default too. */
const MAX_VALIDITY_MINUTES = 5 * 24 * 60;

/** What accounts have that choose nothing. */
export const DEFAULT_SENDING: SendingOptions = {
  api: 'rest',
  messageClass: null,
  priority: null,
  label: null,
  validityMinutes: 0,
};

/** The options of an account, with what is wrong with them in words; a wrong one is left at its default. */
export function checkSendingOptions(choices: SendingChoices): { options: SendingOptions; faults: string[] } {
  const faults: string[] = [];
  function chosen<Name extends string>(what: string, names: readonly Name[], given: string | null) {
    if (!given) return null;
    const known = names.find((name) => name === given);
    if (known === undefined) {
      faults.push(`The ${what} "${given}" is not one of GatewayAPI's: ${names.join(', ')}.`);
    }
    return known ?? null;
  }
  const { validityMinutes } = choices;
  const isValid =
    Number.isInteger(validityMinutes) && validityMinutes >= 0 && validityMinutes <= MAX_VALIDITY_MINUTES;
  if (!isValid) {
    faults.push(
      `The validity must be 0 to ${MAX_VALIDITY_MINUTES} minutes (5 days); 0 leaves it to GatewayAPI.`,
    );
  }
  const options: SendingOptions = {
    api: chosen('API', SENDING_APIS, choices.api) ?? 'rest',
    messageClass: chosen('class', MESSAGE_CLASSES, choices.messageClass),
    priority: chosen('priority', PRIORITIES, choices.priority),
    label: choices.label?.trim() || null,
    validityMinutes: isValid ? validityMinutes : 0,
  };
  return { options, faults };
}
