import { errorText } from '../src/errors.ts';
import type { Docker } from './client.ts';
import { forwardOnly, type OnProgress } from './progress.ts';

/** How long a registry has for its first word, and for everything. */
const FIRST_WORD_MS = 8_000;
const WHOLE_MS = 900_000;

type PullEvent = { id?: string; status?: string; progressDetail?: { current?: number; total?: number } };

export type PullOptions = { step: string; onProgress: OnProgress; signal?: AbortSignal | undefined };

/** Pulls an image. Gives false within seconds where no registry answers, so that another way can be taken. */
export async function tryPull(docker: Docker, image: string, options: PullOptions): Promise<boolean> {
  const onProgress = forwardOnly(options.onProgress);
  const giveUp = new AbortController();
  let timer = setTimeout(() => giveUp.abort(), FIRST_WORD_MS);
  const signals = [giveUp.signal, ...(options.signal === undefined ? [] : [options.signal])];
  try {
    const answer = await docker.pull(image, { abortSignal: AbortSignal.any(signals) });
    clearTimeout(timer);
    timer = setTimeout(() => giveUp.abort(), WHOLE_MS);
    const layers = new Map<string, number>();
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(
        answer,
        (error: Error | null) => (error === null ? resolve() : reject(error)),
        (event: PullEvent) => {
          onProgress({ step: options.step, fraction: pullFraction(layers, event), text: `pulling ${image}` });
        },
      );
    });
    return true;
  } catch (error) {
    options.signal?.throwIfAborted();
    onProgress({ step: options.step, fraction: 0, text: `${image} cannot be pulled: ${errorText(error)}` });
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Downloading counts for three quarters of a layer, extracting for the rest. */
export function pullFraction(layers: Map<string, number>, event: PullEvent): number {
  const { id, status = '', progressDetail } = event;
  if (id !== undefined && /^[0-9a-f]{12}$/.test(id)) {
    const part = (progressDetail?.current ?? 0) / (progressDetail?.total ?? Number.POSITIVE_INFINITY);
    const done: { [status: string]: number } = {
      Downloading: part * 0.75,
      'Download complete': 0.75,
      Extracting: 0.75 + part * 0.25,
      'Pull complete': 1,
      'Already exists': 1,
    };
    layers.set(id, Math.max(layers.get(id) ?? 0, done[status] ?? 0));
  }
  const sum = [...layers.values()].reduce((total, layer) => total + layer, 0);
  return layers.size === 0 ? 0 : sum / layers.size;
}
