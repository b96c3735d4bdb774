import { z } from 'zod';
import type { Config } from '../config/index.ts';
import { errorText } from '../errors.ts';
import { askHttp } from './ask-http.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import type { Check } from './run-checks.ts';

const Alive = z.object({ status: z.literal('alive') });
const REQUEST_ID = 'x-request-id';

/** The addresses by which GatewayAPI and Odoo reach Viaduct, tried from this machine. */
export function addressChecks(
  { http }: Pick<Config, 'http'>,
  { isRunning }: { isRunning: boolean },
): Check[] {
  const publicCure =
    'Set VIADUCT_PUBLIC_URL to the https:// address that leads to Viaduct from outside, and lead it there.';
  const internalCure =
    'Set VIADUCT_INTERNAL_URL to where Odoo reaches Viaduct; the firewall between them must let it through.';
  return [
    {
      name: 'public address',
      cure: publicCure,
      run: async (signal) => [
        schemeFinding(http.publicUrl, publicCure),
        await answerFinding('public address', http.publicUrl, { cure: publicCure, isRunning, signal }),
      ],
    },
    {
      name: 'internal address',
      cure: internalCure,
      run: async (signal) =>
        http.internalUrl === http.publicUrl
          ? []
          : [
              await answerFinding('internal address', http.internalUrl, {
                cure: internalCure,
                isRunning,
                signal,
              }),
            ],
    },
  ];
}

function schemeFinding(publicUrl: string, cure: string): Finding {
  const { protocol, hostname } = new URL(publicUrl);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (isLocal)
    return warning(
      'public url',
      `${publicUrl} leads to the machine that asks: GatewayAPI's reports never come.`,
      cure,
    );
  if (protocol === 'https:') return ok('public url', `${publicUrl} is encrypted.`);
  return warning('public url', `${publicUrl} is not encrypted: numbers and states travel readable.`, cure);
}

type Asked = { cure: string; isRunning: boolean; signal: AbortSignal };

async function answerFinding(
  name: string,
  url: string,
  { cure, isRunning, signal }: Asked,
): Promise<Finding> {
  try {
    const { status, body, header } = await askHttp(`${url.replace(/\/+$/, '')}/healthz`, { signal });
    const isOurs = status === 200 && isAlive(body) && header(REQUEST_ID) !== undefined;
    if (isOurs) return ok(name, `${url} leads to Viaduct.`);
    return fault(name, `${url}/healthz answers ${status}, but not as Viaduct does.`, cure);
  } catch (error) {
    if (!isRunning)
      return warning(
        name,
        `Nothing answers at ${url} while Viaduct does not run.`,
        'Start Viaduct, then ask again.',
      );
    return fault(name, `${url} does not answer: ${errorText(error)}.`, cure);
  }
}

function isAlive(body: string): boolean {
  try {
    return Alive.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}
