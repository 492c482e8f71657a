// Takes out of the installed packages what no running program reads: type declarations, source maps, documents.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const unused = /[.]([cm]?ts|map|md|markdown|flow)$/i;

for (const folder of ['node_modules', 'libs', 'services']) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && unused.test(entry.name)) rmSync(join(entry.parentPath, entry.name));
  }
}
