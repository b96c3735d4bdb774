import { hash } from 'node:crypto';
import type { OpenApiDocument, OpenApiOperation } from './openapi.ts';

const STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem}
details{border:1px solid #8886;border-radius:.4rem;margin:.5rem 0;padding:.4rem .8rem}
summary{cursor:pointer}
code,pre{font:.9em ui-monospace,monospace}
pre{overflow:auto;padding:.6rem;background:#8881;border-radius:.3rem}
b.verb{display:inline-block;min-width:4.5rem}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #8883}
`;

/** The policy of the page: its own style and nothing else, from nowhere else. */
export const REFERENCE_POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; frame-ancestors 'none'`;

/** The reference as one page without a script or any outside resource: what the document says, to be read and searched. */
export function referencePage(document: OpenApiDocument): string {
  const { title, version, description } = document.info;
  const all = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, each]) => ({ path, verb: verb.toUpperCase(), each })),
  );
  const groups = Map.groupBy(all, ({ each }) => each.tags[0] ?? '');
  const sections = [...groups].map(
    ([tag, entries]) =>
      `<h2 id="${escaped(tag.toLowerCase())}">${escaped(tag)}</h2>${entries.map(({ path, verb, each }) => operationHtml(path, verb, each)).join('')}`,
  );
  const links = [...groups.keys()].map(
    (tag) => `<a href="#${escaped(tag.toLowerCase())}">${escaped(tag)}</a>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}</h1><p>${words(description)}</p>
<p>Version ${escaped(version)} · <a href="openapi.json">openapi.json</a> · ${links.join(' · ')}</p>
${sections.join('\n')}
</body></html>`;
}

function operationHtml(path: string, verb: string, each: OpenApiOperation): string {
  const { operationId, summary, description = '', parameters, requestBody, responses } = each;
  const schema =
    requestBody?.content['application/json']?.schema ??
    requestBody?.content['application/octet-stream']?.schema;
  const rows = parameters.map(
    ({ name, in: place, required, description: about }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${place}${required ? ', required' : ''}</td><td>${words(about)}</td></tr>`,
  );
  const [done = ''] = Object.keys(responses);
  return `<details id="${escaped(operationId)}"><summary><b class="verb">${verb}</b> <code>${escaped(path)}</code> ${escaped(summary)}</summary>
<p>${words(description)}</p>
${rows.length === 0 ? '' : `<table>${rows.join('')}</table>`}
${schema === undefined ? '' : `<h4>Body</h4><pre>${escaped(JSON.stringify(schema, null, 2))}</pre>`}
<h4>Answer ${escaped(done)}</h4><pre>${escaped(JSON.stringify(responses[done], null, 2))}</pre></details>`;
}

/** Text with `code` in it. */
function words(text: string): string {
  return escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
