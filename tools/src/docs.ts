import { differences, DOCUMENTS, readDocument, writeDocument, type DocumentKind } from './documents.js';
import { writePage } from './printed-page.js';
import { PRINTED } from './printed.js';

const help = `Usage: npm run docs [-- --accept-breaking]

Writes docs/openapi.json, docs/timeline.schema.json, docs/record.schema.json, docs/asyncapi.json, docs/permissions.md,
docs/configuration.md, .env.example, docs/size.md, docs/diagrams and docs/ko/diagrams, and the table of promises in ARCHITECTURE.md from the
code, and from docs/openapi.json the types of clients/typescript. A document that takes away what the one before promised
is not written, and what it takes away is listed; --accept-breaking writes it all the same.
`;

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--accept-breaking')) {
  process.stdout.write(help);
  process.exit(args.includes('--help') || args.includes('-h') ? 0 : 2);
}

/** @returns whether the document may stand as the code has it */
async function update(kind: DocumentKind): Promise<boolean> {
  const [before, after] = [await readDocument(kind), await kind.fresh()];
  const broken = before === undefined ? [] : kind.breaks(before, after);
  if (broken.length > 0) console.log(`${kind.path} breaks what it promised:\n  ${broken.join('\n  ')}`);
  if (broken.length > 0 && !args.includes('--accept-breaking')) {
    console.log(`${kind.path} was not written. If this is meant: npm run docs -- --accept-breaking`);
    return false;
  }
  const changed = before === undefined ? ['all of it is new'] : differences(before, after);
  if (changed.length > 0) await writeDocument(kind, after);
  console.log(
    changed.length > 0 ? `${kind.path} written:\n  ${changed.join('\n  ')}` : `${kind.path} is up to date`,
  );
  return true;
}

const results: boolean[] = [];
for (const kind of DOCUMENTS) results.push(await update(kind));
// After the document that the client's types are made from.
for (const page of PRINTED) await writePage(page);
process.exitCode = results.every(Boolean) ? 0 : 1;
