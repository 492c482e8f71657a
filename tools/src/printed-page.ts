import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectRoot } from '@jangteo/infra';

/** A file that is made from the code, and committed. */
export interface PrintedPage {
  /** Below the project's folder. */
  readonly path: string;
  fresh(): string | Promise<string>;
}

/** The page as it was written last; empty where it never was. */
export async function writtenPage({ path }: PrintedPage): Promise<string> {
  return await readFile(join(projectRoot(), path), 'utf8').catch(() => '');
}

export async function writePage(page: PrintedPage): Promise<void> {
  const file = join(projectRoot(), page.path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await page.fresh());
}
