import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import type { SendingApiName } from '../accounts/sending-options.ts';

/** A delivery report as GatewayAPI posts it: path, headers and body. */
export type SignedNotification = { path: string; headers: Readonly<Record<string, string>>; body: string };

type Report = { reference: string; atMs: number };

/** The report of a delivery in the form of either API, signed as GatewayAPI does (its documentation, "Webhook authentication"). */
export async function signedNotification(
  api: SendingApiName,
  { reference, atMs }: Report,
  secret: string,
): Promise<SignedNotification> {
  if (api === 'messaging') return signedEvent({ reference, atMs }, secret);
  const report = {
    ...{ id: 0, msisdn: 0, time: Math.floor(atMs / 1000), status: 'DELIVERED', userref: reference },
  };
  const token = await new SignJWT(report)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(secret));
  return {
    path: '/gatewayapi/dlr',
    headers: { 'x-gwapi-signature': token },
    body: JSON.stringify(report),
  };
}

function signedEvent({ reference, atMs }: Report, secret: string): SignedNotification {
  const at = new Date(atMs).toISOString();
  const event = {
    msg_id: reference,
    recipient: 0,
    reference,
    status: 'DELIVERED',
    status_at: at,
    error: null,
  };
  const body = JSON.stringify({
    ...{ event_id: reference, timestamp: at, event_type: 'message.status.sms', event },
  });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return { path: '/gatewayapi/events', headers: { signature: `v1=${signature}` }, body };
}
