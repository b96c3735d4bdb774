import type { DemoFacts } from './world.ts';

/** What happened, for the person at the terminal. */
export function whatHappened(facts: DemoFacts): string {
  return [
    '',
    'What happened',
    `  1. Sally sent an SMS to ${facts.contact} in Odoo’s own composer (${facts.postedMs} ms for her).`,
    '  2. Viaduct wrote it into its journal, answered, and read back that Odoo had committed it.',
    `  3. GatewayAPI took it as message ${facts.messageId}, and the phone ${facts.number} showed: “${facts.shownText}”.`,
    '  4. Its signed delivery reports came in; Odoo’s chatter shows the SMS as delivered.',
    `  ${facts.journey.join(' → ')}; ${facts.rpcCalls} calls into Odoo.`,
  ].join('\n');
}

/** Where to look around while the demo stays. */
export function whereToLook(facts: DemoFacts): string {
  const { viaductUrl, odooUrl, database } = facts;
  return [
    '',
    'Look around',
    `  The contact     ${odooUrl}/web/login?db=${database}&redirect=/odoo/contacts/${facts.contactId}`,
    '  Salesperson     sally / sally        Administrator   admin / admin (Viaduct > GatewayAPI Accounts)',
    `  Viaduct         ${viaductUrl}/readyz   ${viaductUrl}/metrics   ${viaductUrl}/v1/reference (record API)`,
    '                  as administrator: Viaduct > Webhooks > Subscriptions, Viaduct > Record API > Endpoints',
    `  Contacts        curl -H 'Authorization: Bearer ${facts.apiKey}' '${viaductUrl}/v1/records/res.partner?fields=name,phone'`,
    `  The doctor      VIADUCT_CONFIG=${facts.settingsFile} npm run viaduct -- doctor`,
    `  The provider    ${facts.simulatorUrl}/_sim/ledger (numbers ending in 9901 fail, in 9902 expire)`,
  ].join('\n');
}
