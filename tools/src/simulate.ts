import { parseArgs } from 'node:util';
import { numberOf } from './program.js';
import { BROKEN, type BrokenName } from './simulation/broken.js';
import { PRODUCT, type Product } from './simulation/product.js';
import { search, textOf, type Search } from './simulation/report.js';

const SEED_BOUNDS = { least: 1, most: 2 ** 31 - 1, isWhole: true };
const SEEDS_PRESET = 20_000;

const help = `Usage: npm run simulate [-- <options>]

Lets orders, participants and readers live through invented histories: their own decisions, over queues,
tables and a clock in memory, with messages lost, doubled, late and in any order, and deaths between any two
effects. After each history every promise is checked. Ends with 1 when one is broken, and shows the smallest
history in which it breaks.

  --seeds <n>        how many histories (${SEEDS_PRESET})
  --seed <n>         the first seed; the same one brings the same histories (another one each time)
  --broken <name>    break a rule, to see that it is found:
${Object.entries(BROKEN)
  .map(([name, { rule }]) => `                       ${name.padEnd(27)} not: ${rule}`)
  .join('\n')}
  -h, --help
`;

interface Options {
  readonly seeds: number;
  readonly seed: number;
  readonly product: Product;
}

function productOf(broken: string | undefined): Product {
  if (broken === undefined) return PRODUCT;
  if (broken in BROKEN) return BROKEN[broken as BrokenName].of(PRODUCT);
  throw new Error(`--broken does not know "${broken}"; it knows ${Object.keys(BROKEN).join(', ')}`);
}

/** @returns undefined where help was asked for. @throws Error that is for the user */
function readOptions(args: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { seeds: text, seed: text, broken: text, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return undefined;
  const seeds = values.seeds === undefined ? SEEDS_PRESET : numberOf('seeds', values.seeds, SEED_BOUNDS);
  const any = 1 + (Date.now() % 1_000_000_000);
  const seed = values.seed === undefined ? any : numberOf('seed', values.seed, SEED_BOUNDS);
  return { seeds, seed, product: productOf(values.broken) };
}

function present({ histories, steps, ends, finding }: Search, seconds: number, seed: number): void {
  const count = (number: number): string => Math.round(number).toLocaleString('en');
  console.log(
    `${count(histories)} histories from seed ${seed}, ${count(steps)} steps, in ${seconds.toFixed(1)} s: ` +
      `${count(histories / seconds)} a second`,
  );
  for (const [end, orders] of [...ends].toSorted(([, one], [, other]) => other - one)) {
    console.log(`  ${count(orders).padStart(9)} orders ${end}`);
  }
  console.log(finding === undefined ? 'Every promise was kept.' : `\n${textOf(finding)}`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(help);
  } else {
    const began = performance.now();
    const found = search(options.seed, options.seeds, options.product);
    present(found, (performance.now() - began) / 1_000, options.seed);
    process.exitCode = found.finding === undefined ? 0 : 1;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  process.exitCode = 2;
}
