import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';

/**
 * The statements with which docs/operations.md moves the numbers of records in a restored database.
 *
 * @param beyond the last number that was given before
 * @param received the last one that the data platform has
 */
export async function numbersMoved(beyond: number, received: number): Promise<string> {
  const page = await readFile(join(projectRoot(), 'docs', 'operations.md'), 'utf8');
  const blocks = [...page.matchAll(/^ *```sql\n(.*?)^ *```$/gms)].map(([, text = '']) => text);
  const [found, another] = blocks.filter((text) => text.includes('UPDATE platform_relay'));
  if (found === undefined || another !== undefined)
    throw new Error('docs/operations.md has no such statements, or several');
  return found.replaceAll('<beyond>', String(beyond)).replaceAll('<received>', String(received));
}
