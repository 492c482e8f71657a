import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { projectRoot } from '@jangteo/infra';

/** A test that must turn red. */
export interface Witness {
  /** Its file, below the project's folder. */
  readonly file: string;
  /** Its title, without those around it. */
  readonly title: string;
}

/** A patch that breaks a rule of the house, and who must notice. */
export interface Mutation {
  readonly name: string;
  readonly path: string;
  readonly rule: string;
  readonly brokenBy: string;
  readonly witnesses: readonly Witness[];
}

export const MUTATIONS_DIR = join(projectRoot(), 'tools', 'mutations');

const FIELDS = ['Rule', 'Broken by', 'Noticed by'] as const;

/** The lines of the header with this field, without its name. */
function linesOf(header: string, field: (typeof FIELDS)[number]): string[] {
  const lines = header.split('\n').filter((line) => line.startsWith(`${field}: `));
  return lines.map((line) => line.slice(field.length + 2).trim());
}

/** @throws Error naming what the header of the patch lacks */
function mutationOf(path: string, text: string): Mutation {
  const [header = ''] = text.split('\ndiff --git ');
  const [rule] = linesOf(header, 'Rule');
  const [brokenBy] = linesOf(header, 'Broken by');
  const witnesses = linesOf(header, 'Noticed by').map((line): Witness => {
    const [file = '', title = ''] = line.split(/ > (.*)/);
    return { file, title };
  });
  if (rule === undefined || brokenBy === undefined || !witnesses.some(({ title }) => title !== '')) {
    throw new Error(`${path} needs a header with ${FIELDS.map((field) => `"${field}: …"`).join(', ')}`);
  }
  return { name: basename(path, '.patch'), path, rule, brokenBy, witnesses };
}

/** All mutations, by name. @throws Error when one cannot be read */
export async function readMutations(): Promise<Mutation[]> {
  const files = (await readdir(MUTATIONS_DIR)).filter((file) => file.endsWith('.patch')).toSorted();
  const paths = files.map((file) => join(MUTATIONS_DIR, file));
  return await Promise.all(paths.map(async (path) => mutationOf(path, await readFile(path, 'utf8'))));
}

/**
 * Applies a patch below a folder, takes it back, or only looks whether it would apply.
 *
 * @returns what git has to say against it; undefined when it applies
 */
export function applyPatch(
  { path }: Mutation,
  folder: string,
  how: 'apply' | 'take back' | 'check' = 'apply',
): string | undefined {
  const flags = { apply: [], 'take back': ['--reverse'], check: ['--check'] }[how];
  const { status, stderr, error } = spawnSync('git', ['apply', ...flags, path], {
    cwd: folder,
    encoding: 'utf8',
  });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
