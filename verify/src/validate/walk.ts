import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot, run } from '@jangteo/infra';
import type { Invariant } from '../report/invariants.js';

const WALK_DEADLINE_MS = 300_000;

/** The documents with a walk through a running shop. */
export const WALKS = ['README.md', 'docs/walk.md'] as const;

/** Where docs/walk.md goes on with the profile statistics. */
export const STATISTICS_WALK = '## Sales in money';

/** Commands for a reader of a document, and the answers that it shows. */
export interface Walk {
  readonly script: string;
  readonly answers: readonly unknown[];
}

/**
 * Takes commands and answers out of a walk: from where it says where the shop is to the next heading.
 * @param heading of the part with the walk, where that is not the first one @throws where there is none
 */
export function walkOf(document: string, heading = ''): Walk {
  const after = document.slice(document.indexOf(heading));
  const part = /\n```sh\nSHOP=[^]*?(?=\n## |$)/.exec(after)?.[0] ?? '';
  const blocks = (language: string): string[] =>
    [...part.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, name, text = '']) =>
      name === language ? [text] : [],
    );
  const [script, answers] = [blocks('sh'), blocks('json')];
  if (script.length === 0 || answers.length === 0) throw new Error('There is no walk');
  const lines = answers.join('').trim().split('\n');
  return { script: script.join(''), answers: lines.map((line) => JSON.parse(line) as unknown) };
}

/** Compares an answer with the one shown: `…` stands for whatever is there, fields may have been added. */
export function isAsShown(shown: unknown, answer: unknown): boolean {
  if (shown === '…') return answer !== undefined;
  if (Array.isArray(shown)) {
    if (!Array.isArray(answer)) return false;
    const [first, ...rest] = shown as unknown[];
    if (first === '…') return rest.every((one) => answer.some((other) => isAsShown(one, other)));
    return shown.length === answer.length && shown.every((one, index) => isAsShown(one, answer[index]));
  }
  if (shown === null || typeof shown !== 'object') return shown === answer;
  if (answer === null || typeof answer !== 'object') return false;
  const found = new Map<string, unknown>(Object.entries(answer));
  return Object.entries(shown).every(([name, one]) => isAsShown(one, found.get(name)));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Does the walk as a reader would, in a folder whose .local/ has the shop's secrets.
 * @returns what was not answered as the document shows
 */
export async function walkProblems({ script, answers }: Walk, url: string, cwd: string): Promise<string[]> {
  // A line for each answer, so that they can be told apart.
  const prelude = 'set -eu\ncurl() { command curl "$@"; echo; }\n';
  const moved = script.replace('http://localhost:3000', url);
  if (moved === script) return ['the walk does not say where the shop is'];
  const output = await run('bash', ['-c', prelude + moved], { cwd, timeoutMs: WALK_DEADLINE_MS });
  const lines = output.split('\n').map(parsed);
  const missing = answers.filter((shown) => !lines.some((line) => isAsShown(shown, line)));
  return missing.map((shown) => `not answered as shown: ${JSON.stringify(shown)}`);
}

/** Takes a walk of a document in a shop. @param dir whose .local/ has the shop's secrets */
export async function walkInvariant(
  path: string,
  { url, dir, heading }: { readonly url: string; readonly dir: string; readonly heading?: string },
): Promise<Invariant> {
  const walk = walkOf(await readFile(join(projectRoot(), path), 'utf8'), heading);
  const problems = await walkProblems(walk, url, dir).catch((error: unknown) => [String(error)]);
  return {
    name: path === 'README.md' ? 'one order' : 'walk',
    says: `what ${path} has pasted is answered as it shows`,
    problems,
    looked: `${walk.answers.length} answers`,
  };
}
