/** A Mermaid diagram, as GitHub and GitLab draw it. */
export function block(kind: string, lines: readonly string[]): string {
  return ['```mermaid', kind, ...lines.map((line) => `  ${line}`), '```'].join('\n');
}

/** A page that `npm run docs` writes. */
export function titled(title: string, introduction: string, parts: readonly string[]): string {
  const written = 'Written by `npm run docs` from the code; a test fails where it differs.';
  return `${[`# ${title}`, written, introduction, ...parts].join('\n\n')}\n`;
}
