import { readFile } from 'node:fs/promises';
import { writeDemoSecrets } from './manifests/demo-secrets.js';
import { faultsOf } from './manifests/faults.js';
import { objectsIn, readManifests, writeFiles } from './manifests/files.js';
import { writeLists } from './manifests/lists.js';
import { readLocalSecrets } from './secrets.js';
import { readSettings } from './settings.js';

const help = `Usage: npm run manifests [-- <option>]

Writes what is made from the list of services (libs/contracts/src/services.ts): those files of deploy/kubernetes/base
that are made from the code, and lists of services elsewhere; and holds all manifests to their schemas.
  --demo-secrets   writes what deploy/kubernetes/overlays/demo makes its Secrets of, with the passwords of .local
  --check FILE     holds what is in the file to the schemas instead, such as the output of kubectl kustomize;
                   - for the standard input
`;

async function check(file: string): Promise<void> {
  const objects = file === '' ? await readManifests() : objectsIn(await readFile(file, 'utf8'), file);
  const faults = await faultsOf(objects);
  for (const fault of faults) console.log(fault);
  console.log(`${objects.length} objects, ${faults.length} faults`);
  if (faults.length > 0 || objects.length === 0) process.exitCode = 1;
}

const [option, file = '', ...more] = process.argv.slice(2);
if (option === undefined) {
  const written = [...(await writeLists()), ...(await writeFiles())];
  console.log(written.length === 0 ? 'Up to date' : `Written: ${written.join(', ')}`);
  await check('');
} else if (option === '--demo-secrets' && file === '') {
  const folder = await writeDemoSecrets(await readLocalSecrets(), readSettings(process.env).adminEmail);
  console.log(`Written to ${folder}`);
} else if (option === '--check' && file !== '' && more.length === 0) {
  await check(file === '-' ? '/dev/stdin' : file);
} else {
  process.stdout.write(help);
  process.exitCode = option === '--help' || option === '-h' ? 0 : 2;
}
