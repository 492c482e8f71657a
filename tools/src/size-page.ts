import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ALL_SERVICES, SAGA_STEPS, type AnyService } from '@jangteo/contracts';
import { projectRoot, run } from '@jangteo/infra';
import type { PrintedPage } from './printed-page.js';

/** A source file: where it lies, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** The purpose of a line of code. */
export type Part = 'product' | 'client' | 'console' | 'workshop' | 'tests';

/** Contents of the page, for whoever compares it with the tree. */
export interface Sizes {
  readonly lines: Readonly<Record<Part, number>>;
  /** By step: the files that name its action or its state. */
  readonly steps: ReadonlyMap<string, readonly string[]>;
  /** By service: the files outside of its own folder that name it. */
  readonly services: ReadonlyMap<AnyService, readonly string[]>;
}

const WORKSHOP = /^(tools|verify|libs\/(infra|testkit))\//;
/** Shops that ours is compared with, which know neither its steps nor its services. */
const PEERS = 'verify/peers/';
const CLIENT = 'clients/';
const CONSOLE = 'console/';
/** Nobody reads what `npm run docs` prints. */
const UNREAD = ['clients/typescript/src/api.ts'];
const TESTS = /\.spec\.ts$|\/test\//;

function partOf(path: string): Part {
  if (TESTS.test(path)) return 'tests';
  if (path.startsWith(CLIENT)) return 'client';
  if (path.startsWith(CONSOLE)) return 'console';
  return WORKSHOP.test(path) ? 'workshop' : 'product';
}

/** As code names it: `useCoupon`, and UseCoupon where it is a command's name. */
function stepWords({ state, action, names: [name] }: (typeof SAGA_STEPS)[number]): {
  name: string;
  words: RegExp;
} {
  const constant = name.charAt(0).toLowerCase() + name.slice(1);
  const type = action.type.replaceAll('.', '[.]');
  return { name, words: new RegExp(`\\b(${name}|${constant}|${state}|${type})\\b`) };
}

/** A name in quotes, a package, a folder, a database or a variable of the service: the word alone says little. */
function serviceWords(service: AnyService): RegExp {
  const upper = service.toUpperCase();
  return new RegExp(
    `(['"\`])${service}\\1|services/${service}\\b|@jangteo/${service}\\b|jangteo_${service}|\\b${upper}_(DATABASE|RUNTIME|BROKER)`,
  );
}

function naming(sources: readonly Source[], words: RegExp): string[] {
  return sources.filter(({ text }) => words.test(text)).map(({ path }) => path);
}

export function sizesOf(sources: readonly Source[]): Sizes {
  const lines: Record<Part, number> = { product: 0, client: 0, console: 0, workshop: 0, tests: 0 };
  const written = sources.filter(({ path }) => !UNREAD.includes(path));
  for (const { path, text } of written) lines[partOf(path)] += text.split('\n').length - 1;
  const code = written.filter(
    ({ path }) =>
      !['console', 'tests'].includes(partOf(path)) &&
      !path.includes('/migrations/') &&
      !path.startsWith(PEERS),
  );
  const steps = SAGA_STEPS.map((step) => {
    const { name, words } = stepWords(step);
    return [name, naming(code, words)] as const;
  });
  const services = ALL_SERVICES.map((service) => {
    const others = code.filter(({ path }) => !path.startsWith(`services/${service}/`));
    return [service, naming(others, serviceWords(service))] as const;
  });
  return { lines, steps: new Map(steps), services: new Map(services) };
}

/** Every TypeScript file of the project that is kept in git, or is about to be. */
async function sources(): Promise<Source[]> {
  const listed = await run(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'],
    {
      cwd: projectRoot(),
    },
  );
  const paths = listed.split('\n').filter((path) => path !== '');
  const read = paths.map(async (path): Promise<Source[]> => {
    const text = await readFile(join(projectRoot(), path), 'utf8').catch(() => undefined);
    return text === undefined ? [] : [{ path, text }];
  });
  return (await Promise.all(read)).flat();
}

function namedIn(title: string, named: ReadonlyMap<string, readonly string[]>): string {
  const all = [...named.values()];
  const everywhere = (all[0] ?? []).filter((path) => all.every((paths) => paths.includes(path)));
  const rows = [...named].map(([name, paths]) => `| ${name} | ${paths.length} |`);
  return [
    `| ${title} | files that name it |\n|---|---|\n${rows.join('\n')}`,
    `All of them are named in ${everywhere.length} of these, where another one would stand too: ${everywhere
      .map((path) => `\`${path}\``)
      .join(', ')}.`,
  ].join('\n\n');
}

/** The page about how large the project is, and how far one thing is spread. */
function sizePage({ lines, steps, services }: Sizes): string {
  const thousands = (count: number): string => count.toLocaleString('en');
  return `# How large it is

Written by \`npm run docs\`; a test fails where it is far from what the code has. Lines of TypeScript as they stand, empty ones and comments with them.

| part | what | lines |
|---|---|---|
| product | what runs in a shop: \`services\`, \`libs\` without the next | ${thousands(lines.product)} |
| client | what calls it: \`clients\`, without what is printed from docs/openapi.json | ${thousands(lines.client)} |
| console | what people look at in a browser: \`console\` | ${thousands(lines.console)} |
| workshop | what starts, breaks, measures and documents it: \`tools\`, \`verify\`, \`libs/infra\`, \`libs/testkit\` | ${thousands(lines.workshop)} |
| tests | \`*.spec.ts\`, and what lies in \`test\` beside them | ${thousands(lines.tests)} |

## How many files know of a step of the saga

A step is named by its action (\`UseCoupon\`, \`useCoupon\`, the type of its message) or by the state in which its answer is awaited (\`USING_COUPON\`). Tests, migrations and the console are not counted. [How to add one](how-to/add-a-saga-step.md).

${namedIn('step', steps)}

## How many files know of a service

Outside of its own folder; tests and migrations are not counted. [How to add one](how-to/add-a-service.md).

${namedIn('service', services)}
`;
}

export const SIZE_PAGE: PrintedPage = {
  path: 'docs/size.md',
  fresh: async () => sizePage(sizesOf(await sources())),
};
