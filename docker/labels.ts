import { readFile } from 'node:fs/promises';

/** Every container that we start carries these. */
export const LABEL = 'org.viaduct.part';
export const OWNER_LABEL = 'org.viaduct.owner';

/** Names one run of this process: pid and start time, as pids come again. */
export async function ownerOf(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // Field 22 of proc_pid_stat(5) is the start time; the name in field 2 may hold spaces, so count after it.
  const startTime = line?.slice(line.lastIndexOf(')') + 2).split(' ')[19];
  return startTime === undefined ? undefined : `${pid}-${startTime}`;
}

/** The labels of a container that this process starts as `part` of a stack. */
export async function labelsFor(part: string): Promise<{ [label: string]: string }> {
  return { [LABEL]: part, [OWNER_LABEL]: (await ownerOf(process.pid)) ?? String(process.pid) };
}
