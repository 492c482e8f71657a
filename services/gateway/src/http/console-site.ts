import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { encodingFor } from '../domain/accept.js';
import { fileAt, hasVersion, headersOf, HOME, INDEX, pageIn } from '../domain/console-site.js';
import type { GatewayConfig } from '../gateway.config.js';
import { sendProblem } from './problem.filter.js';
import { varyBy } from './vary.js';

/** Where the build puts it, seen from the compiled form of this file. */
const BUILT = fileURLToPath(new URL('../../../../../console/dist/site', import.meta.url));

/** Encodings in which the build leaves a file beside the file, the smallest first, and what encodes in the same way. */
const ENCODINGS = [
  ['br', '.br', (plain: Buffer) => brotliCompressSync(plain)],
  ['gzip', '.gz', (plain: Buffer) => gzipSync(plain)],
] as const;

type Encoding = (typeof ENCODINGS)[number][0];

interface SiteFile {
  readonly plain: Buffer;
  readonly encoded: ReadonlyMap<Encoding, Buffer>;
  /** Of the content, as it is. */
  readonly digest: string;
}

/**
 * The console's built files, less than a megabyte, as they were at the start: no request opens a file, so none can name
 * another one, many at once want nothing of the disk, and the pages that are shown find the scripts that they ask for.
 */
type Site = ReadonlyMap<string, SiteFile>;

/** @returns no file where the console was not built */
function readSite(folder: string, currency: string): Site {
  if (!existsSync(join(folder, INDEX))) return new Map();
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'));
  const isEncoded = (name: string): boolean =>
    ENCODINGS.some(([, ending]) => name.endsWith(ending) && names.includes(name.slice(0, -ending.length)));
  // What the build notes for itself is hidden.
  const shown = names.filter((name) => !name.startsWith('.') && !isEncoded(name));
  return new Map(
    shown.map((name) => {
      const built = readFileSync(join(folder, name));
      const plain = name === INDEX ? Buffer.from(pageIn(built.toString(), currency)) : built;
      const encoded = ENCODINGS.filter(([, ending]) => names.includes(name + ending)).map(
        ([encoding, ending, encode]) =>
          [encoding, plain === built ? readFileSync(join(folder, name + ending)) : encode(plain)] as const,
      );
      const digest = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
      return [name, { plain, encoded: new Map(encoded), digest }];
    }),
  );
}

/** Serves the console for browsers, unless it is switched off. */
export function serveConsole(
  fastify: FastifyInstance,
  { CONSOLE, CONSOLE_SITE = BUILT, CURRENCY }: Pick<GatewayConfig, 'CONSOLE' | 'CONSOLE_SITE' | 'CURRENCY'>,
): void {
  if (CONSOLE === 'off') return;
  const site = readSite(CONSOLE_SITE, CURRENCY);
  if (site.size === 0) {
    const msg = `there is no console at /console/: it was not built into ${CONSOLE_SITE}`;
    new Logger('Console').warn(msg);
  }
  const answer = (request: FastifyRequest, reply: FastifyReply): void => {
    const [path = ''] = request.url.split('?', 1);
    const name = fileAt(path.slice(HOME.length), site);
    const file = name === undefined ? undefined : site.get(name);
    // The router takes it for the same path, but the pages' addresses are below the one with the slash.
    if (path.length < HOME.length) reply.redirect(HOME, 308);
    else if (site.size === 0) sendProblem(reply, { code: 'NOT_FOUND', detail: 'the console was not built' });
    else if (name === undefined || file === undefined) sendProblem(reply, { code: 'NOT_FOUND' });
    else sendFile(request, reply, name, file);
  };
  fastify.get('/console', answer);
  fastify.get('/console/*', answer);
}

function sendFile({ headers }: FastifyRequest, reply: FastifyReply, name: string, file: SiteFile): void {
  const { plain, encoded, digest } = file;
  const encoding = encodingFor(headers['accept-encoding'], [...encoded.keys()]);
  const tag = `"${encoding === undefined ? digest : `${digest}-${encoding}`}"`;
  varyBy(reply, 'Accept-Encoding');
  reply.headers(headersOf(name)).header('etag', tag);
  if (hasVersion(headers['if-none-match'], tag)) {
    reply.status(304).send();
    return;
  }
  if (encoding !== undefined) reply.header('content-encoding', encoding);
  reply.send((encoding && encoded.get(encoding)) ?? plain);
}
