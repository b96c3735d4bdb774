import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';

const Parameters = z.looseObject({
  method: z.string().default(''),
  url: z.string().default(''),
  headerParameters: z
    .object({ parameters: z.array(z.object({ name: z.string(), value: z.string() })) })
    .optional(),
  jsonBody: z.string().default(''),
  assignments: z
    .object({ assignments: z.array(z.object({ name: z.string(), value: z.string() })) })
    .optional(),
  rules: z.object({ values: z.array(z.object({ outputKey: z.string() })) }).optional(),
});
const Workflow = z.object({
  nodes: z.array(z.object({ name: z.string(), type: z.string(), parameters: Parameters })),
  connections: z.record(z.string(), z.object({ main: z.array(z.array(z.object({ node: z.string() }))) })),
});

export type NodeRun = { node: string; status: number; answer: unknown };

/** A workflow file of n8n, as far as it consists of settings, a switch and HTTP requests. */
export function readWorkflow(path: string) {
  const { nodes, connections } = Workflow.parse(JSON.parse(readFileSync(path, 'utf8')));
  const parametersOf = (name: string) => {
    const node = nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`The workflow has no node ${name}.`);
    return node.parameters;
  };
  const branches = parametersOf('Branch').rules?.values.map(({ outputKey }) => outputKey) ?? [];

  return {
    branches,
    /** Names of the nodes that send requests. */
    requests: nodes.filter(({ type }) => type.endsWith('.httpRequest')).map(({ name }) => name),
    /** Names of the values that are to be filled in. */
    settings: parametersOf('Settings').assignments?.assignments.map(({ name }) => name) ?? [],
    /** Runs one branch, its nodes one after the other, as n8n evaluates and sends them. */
    async run(branch: string, settings: Readonly<Record<string, string>>): Promise<NodeRun[]> {
      const outputs = new Map<string, unknown>([['Settings', { ...settings, branch }]]);
      const runs: NodeRun[] = [];
      let next = connections['Branch']?.main[branches.indexOf(branch)]?.[0]?.node;
      while (next !== undefined) {
        const { method, url, headerParameters, jsonBody } = parametersOf(next);
        const told = (text: string) => evaluated(text, outputs);
        const headers = headerParameters?.parameters.map(({ name, value }): [string, string] => [
          name,
          told(value),
        ]);
        const response = await fetch(told(url), {
          ...{ method, body: JSON.stringify(JSON.parse(told(jsonBody))) },
          headers: { 'content-type': 'application/json', ...Object.fromEntries(headers ?? []) },
        });
        const answer: unknown = await response.json();
        outputs.set(next, answer);
        runs.push({ node: next, status: response.status, answer });
        if (!response.ok) return runs;
        next = connections[next]?.main[0]?.[0]?.node;
      }
      return runs;
    },
  };
}

/** A text that begins with `=` holds expressions between double braces; `$('Node').item.json` is what a node gave. */
function evaluated(text: string, outputs: ReadonlyMap<string, unknown>): string {
  if (!text.startsWith('=')) return text;
  const $ = (name: string) => ({ item: { json: outputs.get(name) } });
  return text.slice(1).replace(/\{\{(.*?)\}\}/g, (_, code: string) => String(runInNewContext(code, { $ })));
}
