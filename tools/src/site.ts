import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, statSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import {
  REFERENCE_FILES,
  referenceFile,
  REFERENCE_POLICY,
  referencePage,
  referenceScript,
} from '@jangteo/gateway/reference-page';
import { listenProblem, projectRoot } from '@jangteo/infra';
import { NotHere, runAll, runHere } from './clients/tooling.js';
import { argumentsOf, interruptible, numberOf, report, runToEnd, UsageError } from './program.js';
import type { JsonObject } from './schema-comparison.js';
import { apiPage, REFERENCE } from './site/api-page.js';
import { foreignRequests } from './site/foreign.js';
import { anchorsOf } from './site/markdown.js';
import { API_DOCUMENT, SITE_LANGUAGES, sitePages } from './site/pages.js';
import { repositoryOf, sidebarOf, stagedPage, type SiteProject } from './site/staging.js';

const PORT = 4020;

const help = `Usage: npm run site [-- --serve] [--port <n>] [--base <path>] [--check]

Builds the documents as a site of static files, in English and Korean, with search in both, into site/dist. It asks
nothing of other origins, and any static server at any path serves it. The generator is fetched on first use, and again
when site/package-lock.json changes. A link that leads nowhere fails the build, and is named.

  --serve        serves it afterwards, on 127.0.0.1
  --port <n>     where (${PORT})
  --base <path>  build it for this path alone, as in /docs/; pages that are not found look right there too
  --check        end with \`N passed, N failed\`, and say NOT TESTED where the generator cannot be fetched
  --help         shows this
`;

const root = projectRoot();
const site = join(root, 'site');
const pagesDir = join(site, 'pages');
const distDir = join(site, 'dist');
const interruption = interruptible();

const readText = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

/** Installs what the lock file names, unless that is there. @throws NotHere where the registry cannot be asked */
async function fetchTools(): Promise<void> {
  const lock = createHash('sha256')
    .update(await readText('site/package-lock.json'))
    .digest('hex');
  const stamp = join(site, 'node_modules', '.fetched');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === lock) return;
  report('Fetching what builds the site (once, and again when site/package-lock.json changes)');
  const flags = [
    '--include=dev',
    '--include=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=2000',
  ];
  // npm under the Node that the generator runs under, for which its packages are chosen.
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  await runAll([['npm', 'ci', ...flags]], site, { PATH: path });
  await writeFile(stamp, lock);
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  const its = statSync(join(root, path), { throwIfNoEntry: false });
  if (its === undefined) return undefined;
  return its.isDirectory() ? 'folder' : 'file';
}

async function readProject(): Promise<SiteProject> {
  const pages = sitePages((path) => existsSync(join(root, path)));
  const document = JSON.parse(await readText(API_DOCUMENT)) as JsonObject;
  const { repository } = JSON.parse(await readText('package.json')) as { repository?: string };
  const texts = new Map(
    await Promise.all(
      pages.map(async (page) => {
        const text =
          page.source === API_DOCUMENT ? apiPage(document, page.language) : await readText(page.source);
        return [page.route, text] as const;
      }),
    ),
  );
  const anchors = new Map(pages.map(({ source, route }) => [source, anchorsOf(texts.get(route)!)]));
  return {
    pages,
    folder: 'site/pages',
    kindOf,
    textOf: ({ route }) => texts.get(route)!,
    anchorsOf: (source) => anchors.get(source) ?? new Set(),
    repository: repositoryOf(repository),
  };
}

/** Writes the pages for the generator. @throws Error that names every link that leads nowhere */
async function stagePages(): Promise<number> {
  const project = await readProject();
  const staged = project.pages.map((page) => ({ page, ...stagedPage(page, project) }));
  const broken = staged.flatMap(({ page, broken: targets }) =>
    targets.map((target) => `${page.source}: ${target}`),
  );
  if (broken.length > 0) throw new Error(`Links that lead nowhere:\n  ${[...new Set(broken)].join('\n  ')}`);
  await rm(pagesDir, { recursive: true, force: true });
  for (const { route, text } of staged) {
    await mkdir(dirname(join(pagesDir, route)), { recursive: true });
    await writeFile(join(pagesDir, route), text);
  }
  for (const file of new Set(staged.flatMap(({ files }) => files))) {
    const copy = join(pagesDir, 'public', file);
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(join(root, file), copy);
  }
  const { version } = JSON.parse(await readText('package.json')) as { version: string };
  const sidebars = Object.fromEntries(
    SITE_LANGUAGES.map((language) => [language, sidebarOf(language, project)]),
  );
  await writeFile(join(pagesDir, 'site.json'), JSON.stringify({ version, sidebars }));
  return staged.length;
}

const REFERENCE_PAGE = referencePage({
  folder: '',
  scripts: ['document.js', 'page.js'],
  head: [`<meta http-equiv="Content-Security-Policy" content="${REFERENCE_POLICY}">`],
});

/** As on the other pages: what was chosen there, or else what the reader's system has. There is no shop to try it out on. */
const REFERENCE_SCRIPT = `const chosen = localStorage.getItem('vitepress-theme-appearance') ?? 'auto';
const isDark = chosen === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
document.documentElement.classList.toggle('dark-mode', isDark);
${referenceScript(['spec: API_DOCUMENT', 'supportedSubmitMethods: []', "docExpansion: 'none'"])}`;

/** The page that a running shop has at /docs, without what asks the shop. */
async function addReference(): Promise<void> {
  const dir = join(distDir, REFERENCE);
  await mkdir(dir, { recursive: true });
  for (const file of Object.keys(REFERENCE_FILES)) await copyFile(referenceFile(file), join(dir, file));
  await writeFile(join(dir, 'index.html'), REFERENCE_PAGE);
  await writeFile(join(dir, 'document.js'), `const API_DOCUMENT = ${await readText(API_DOCUMENT)};\n`);
  await writeFile(join(dir, 'page.js'), REFERENCE_SCRIPT);
}

/** @throws Error that names what a browser would ask other origins for */
async function refuseForeignRequests(): Promise<void> {
  const files = globSync('**/*.{html,css}', { cwd: distDir });
  const found = await Promise.all(
    files.map(async (file) =>
      foreignRequests(await readFile(join(distDir, file), 'utf8')).map((address) => `${file}: ${address}`),
    ),
  );
  if (found.flat().length > 0) throw new Error(`Pages ask other origins:\n  ${found.flat().join('\n  ')}`);
}

async function build(base: string): Promise<number> {
  await fetchTools();
  const pages = await stagePages();
  report(`Building ${pages} pages`);
  const vitepress = join(site, 'node_modules', 'vitepress', 'bin', 'vitepress.js');
  // Files that are served as they are, beside those that it knows to be no pages.
  const env = { NODE_ENV: 'production', VITE_EXTRA_EXTENSIONS: 'py' };
  await runHere([process.execPath, vitepress, 'build', '--base', base], site, env);
  await addReference();
  await refuseForeignRequests();
  report(`Built: ${join('site', 'dist')}`);
  return pages;
}

/** Serves it until somebody ends this. */
async function serve(base: string, port: number): Promise<boolean> {
  if ((await listenProblem(port, '127.0.0.1')) === 'EADDRINUSE') {
    console.error(`Port ${port} is in use. Choose another one: npm run site -- --serve --port ${port + 1}`);
    return false;
  }
  const server = spawn(process.execPath, [join(site, 'serve.mjs'), base, String(port)], {
    cwd: site,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => server.once('exit', resolve));
  interruption.addEventListener('abort', () => server.kill());
  console.log(`\n  Site      http://127.0.0.1:${port}${base === './' ? '/' : base}\n  Stop      Ctrl-C\n`);
  return (await ended) === 0 || interruption.aborted;
}

async function check(base: string): Promise<boolean> {
  try {
    console.log(`${await build(base)} passed, 0 failed`);
    return true;
  } catch (error) {
    if (error instanceof NotHere) {
      console.log(`######## NOT TESTED: the site of the documents. ${error.message}\n0 passed, 0 failed`);
      return true;
    }
    console.log(`FAILED npm run site: ${(error as Error).message}\n0 passed, 1 failed`);
    return false;
  }
}

async function main(): Promise<boolean> {
  const { values } = argumentsOf({
    options: {
      serve: { type: 'boolean', default: false },
      port: { type: 'string', default: String(PORT) },
      base: { type: 'string', default: './' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return true;
  }
  const { base } = values;
  if (base !== './' && !/^\/([\w.-]+\/)*$/.test(base)) {
    throw new UsageError(`--base takes a path that begins and ends with /, not "${base}"`);
  }
  const port = numberOf('port', values.port, { least: 1, most: 65_535, isWhole: true });
  if (values.check) return await check(base);
  await build(base);
  return values.serve ? await serve(base, port) : true;
}

await runToEnd('site', interruption, main);
