// Serves the page of this folder and the built client, and nothing else.
//
//   CORS_ORIGINS=http://localhost:8400 npm start      # the shop lets this page's origin call it
//   npx node examples/page/serve.mjs                  # http://localhost:8400
//
// JANGTEO_URL is the shop of the page, where it is not that of npm start.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { PORT = '8400', JANGTEO_URL = 'http://localhost:3000' } = process.env;
const shop = new URL(JANGTEO_URL).origin;
const here = import.meta.dirname;
const client = dirname(fileURLToPath(import.meta.resolve('@jangteo/client')));
const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript' };

/** The file of a path; undefined where there is none to be had. */
function fileOf(path) {
  if (path === '/') return join(here, 'index.html');
  if (/^\/page\.(css|js)$/.test(path)) return join(here, path);
  const [, module] = /^\/client\/((?:[a-z-]+\/)?[a-z-]+\.js)$/.exec(path) ?? [];
  return module && join(client, module);
}

/** The bytes of a file; the page with the address of its shop. */
async function read(file) {
  if (!file?.endsWith('.html')) return await readFile(file);
  const page = await readFile(file, 'utf8');
  return page.replace(/(?<=<meta name="shop" content=")[^"]*/, () => shop);
}

const server = createServer((request, response) => {
  const file = fileOf(URL.parse(request.url, 'http://localhost')?.pathname ?? '');
  const type = TYPES[file?.split('.').at(-1)];
  read(file).then(
    (body) => response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body),
    () => response.writeHead(404).end(),
  );
});
server.listen(Number(PORT), 'localhost', () => console.log(`http://localhost:${server.address().port}`));
