import { SignJWT } from 'jose';

export const BENCH_DATABASE = 'bench-database';
export const BENCH_SECRET = 'the authentication token of the webhook';

/** A delivery report as GatewayAPI posts it, ready for the wire: JSON body, and a JWT whose claims say the same. */
export async function signedReportRequest(index: number): Promise<string> {
  const report = {
    id: 1_000_000 + index,
    msisdn: 4_500_000_000 + (index % 90_000_000),
    time: 1_790_000_000,
    status: 'DELIVERED',
    userref: index.toString(16).padStart(32, '0'),
    country_code: 'DK',
    country_prefix: 45,
  };
  const token = await new SignJWT({ ...report, error: null, code: null, api: 4 })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(BENCH_SECRET));
  const body = JSON.stringify(report);
  return [
    'POST /gatewayapi/dlr HTTP/1.1',
    'host: 127.0.0.1',
    'content-type: application/json',
    'accept: */*',
    'user-agent: gatewayapi-webhook',
    `x-gwapi-signature: ${token}`,
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
