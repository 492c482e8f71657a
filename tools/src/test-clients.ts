import { copyFile, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { adminToken, inGuestShop, makeDearProduct, type GuestShop } from './clients/guest-shop.js';
import { LANGUAGES, type Language, type Workplace } from './clients/languages.js';
import { ShopOfTomorrow } from './clients/shop-of-tomorrow.js';
import { NotHere, runAll, runProgram } from './clients/tooling.js';
import { counted } from './counted.js';
import { argumentsOf, interruptible, report, runToEnd, UsageError } from './program.js';
import type { TestCount } from './test-run.js';

const GENERATOR_VERSION = '7.17.0';

const help = `Usage: npm run test:clients [-- --only go,java,python,typescript,rust]

Generates clients for these languages from the document that a running shop serves, with OpenAPI Generator ${GENERATOR_VERSION},
compiles them, and has each walk through the shop: register, charge 4,000,000,000, order, be refused, read the lists,
send times with an offset; once as it is, and once with a field more in each object of each answer.
Needs Java and Maven, and of each language its tools; what they need comes from the languages' registries. What cannot
be had is told as NOT TESTED. Ends with \`N passed, N failed\`.
`;

const interruption = interruptible();

/** @throws NotHere where it cannot be had */
async function generatorIn(cache: string): Promise<string> {
  const path = join(cache, `openapi-generator-cli-${GENERATOR_VERSION}.jar`);
  if (existsSync(path)) return path;
  const artifact = `-Dartifact=org.openapitools:openapi-generator-cli:${GENERATOR_VERSION}`;
  const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';
  await runAll([['mvn', '-q', '-B', copy, artifact, '-DoutputDirectory=.']], cache);
  return path;
}

async function tryOut(language: Language, shop: GuestShop, urls: readonly string[]): Promise<TestCount> {
  const dir = join(shop.dir, language.name);
  await mkdir(dir);
  await copyFile(join(shop.dir, 'openapi.json'), join(dir, 'openapi.json'));
  let workplace: Workplace;
  try {
    workplace = { dir, generator: await generatorIn(shop.cache) };
    await language.prepare(workplace);
  } catch (error) {
    if (error instanceof NotHere) {
      console.log(`######## NOT TESTED: a client in ${language.name}. ${error.message}`);
      return { passed: 0, failed: 0 };
    }
    console.log(`FAILED a client in ${language.name}: ${(error as Error).message}`);
    return { passed: 0, failed: urls.length };
  }
  const { command, cwd } = language.walk(workplace);
  let passed = 0;
  for (const url of urls) {
    const productId = await makeDearProduct(shop);
    const seen = { SHOP_URL: url, PRODUCT_ID: productId, OPERATOR_TOKEN: await adminToken(shop) };
    const { ok, output } = await runProgram(command, cwd, seen);
    if (ok) passed += 1;
    else
      console.log(
        `FAILED a walk in ${language.name} at ${url === shop.url ? 'the shop' : 'one with a field more'}: ${output}`,
      );
  }
  report(`${language.name}: ${passed} of ${urls.length} walks`);
  return { passed, failed: urls.length - passed };
}

async function main(): Promise<boolean> {
  const { values } = argumentsOf({
    options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(help);
    return true;
  }
  const only = values.only?.toLowerCase().split(',');
  const languages = LANGUAGES.filter(({ name }) => only?.includes(name.toLowerCase()) ?? true);
  if (languages.length === 0) {
    throw new UsageError(`--only knows ${LANGUAGES.map(({ name }) => name.toLowerCase()).join(', ')}`);
  }
  const tryAll = async (shop: GuestShop): Promise<TestCount> => {
    const tomorrow = await ShopOfTomorrow.before(shop.url);
    const sum = { passed: 0, failed: 0 };
    for (const language of languages) {
      const { passed, failed } = await tryOut(language, shop, [shop.url, tomorrow.url]);
      sum.passed += passed;
      sum.failed += failed;
    }
    await tomorrow.close();
    return sum;
  };
  return await counted(interruption, () => inGuestShop(report, interruption, tryAll));
}

await runToEnd('test:clients', interruption, main);
