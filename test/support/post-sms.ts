import { z } from 'zod';

const Answer = z.object({ result: z.array(z.object({ uuid: z.string(), state: z.string() })) });

/** Posts one SMS to Viaduct as Odoo does, or as somebody does who knows the token; gives the state that was answered. */
export async function postSms(
  viaductUrl: string,
  sms: { accountToken: string; databaseUuid: string; uuid: string; number: string; content: string },
): Promise<string> {
  const { accountToken, databaseUuid, uuid, number, content } = sms;
  const params = {
    account_token: accountToken,
    dbuuid: databaseUuid,
    webhook_url: 'http://127.0.0.1:1/sms/status',
    messages: [{ content, numbers: [{ number, uuid }] }],
  };
  const response = await fetch(`${viaductUrl}/api/sms/3/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params }),
  });
  return Answer.parse(await response.json()).result[0]?.state ?? '';
}
