/*
 * GET /   anyone   200
 */
import { createHash } from 'node:crypto';
import { Controller, Get, Headers, Res } from '@nestjs/common';
import { named } from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { wantsPage } from '../domain/accept.js';
import { varyBy } from './vary.js';

const WHAT = 'A shop whose orders never half-happen: accounts, wallets, products, coupons, carts and orders.';

const ENTRY = {
  name: 'Jangteo',
  description: WHAT,
  documentation: '/docs',
  openapi: '/openapi.json',
  products: '/products',
  health: { live: '/health/live', ready: '/health/ready' },
};

const entry = named(
  'Entry',
  z.object({
    name: z.string().describe('What this is called.'),
    description: z.string().describe('What this is.'),
    documentation: z.string().describe('Where people read about the API and try it out.'),
    openapi: z.string().describe('Where programs read about the API.'),
    products: z.string().describe('Where the list of what is sold is.'),
    health: z
      .object({
        live: z.string().describe('Where it tells that it runs.'),
        ready: z.string().describe('Where it tells whether it can do its work.'),
      })
      .describe('What balancers ask.'),
  }),
  ENTRY,
  'What this is, and the paths at which to go on.',
);

const STYLE = `
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center;
    font: 16px/1.6 system-ui, sans-serif; background: Canvas; color: CanvasText; }
  main { max-width: 34rem; padding: 2rem; box-sizing: border-box; }
  h1 { margin: 0 0 .25rem; font-size: 2.25rem; line-height: 1.2; }
  p { margin: 0 0 1.5rem; }
  ul { list-style: none; margin: 0; padding: 0; border-top: 1px solid color-mix(in srgb, CanvasText 20%, transparent); }
  li { border-bottom: 1px solid color-mix(in srgb, CanvasText 20%, transparent); }
  li a { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; justify-content: space-between; padding: .75rem 0; color: inherit; }
  li a:not(:hover) { text-decoration: none; }
  code { font: .9em ui-monospace, monospace; }
`;

const LINKS = [
  ['/docs', 'The API, to read and to try out'],
  ['/openapi.json', 'The same for programs, as OpenAPI'],
  ['/products', 'What is sold'],
  ['/health/ready', 'Whether it is ready to serve'],
];

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Jangteo</title>
    <link rel="icon" href="/docs/favicon-32x32.png">
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <h1>Jangteo</h1>
      <p>${WHAT}</p>
      <ul>
${LINKS.map(([path, text]) => `        <li><a href="${path}"><span>${text}</span><code>${path}</code></a></li>`).join('\n')}
      </ul>
    </main>
  </body>
</html>
`;

/** The page has its own style, and nothing else of anywhere but its icon. */
const POLICY =
  `default-src 'none'; img-src 'self'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The entry for clients that know no path yet. */
@Controller()
export class EntryController {
  @Get()
  @Documented({
    id: 'readEntry',
    summary: 'Tells what this is and where to go on',
    description: 'A page for whoever accepts `text/html`, as browsers do.',
    refuses: ['RATE_LIMITED', 'SERVICE_UNAVAILABLE'],
    answer: entry as z.ZodType<unknown>,
    isPageToo: true,
  })
  read(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): unknown {
    varyBy(reply, 'Accept');
    if (!wantsPage(accept)) return ENTRY;
    reply.header('content-type', 'text/html; charset=utf-8').header('content-security-policy', POLICY);
    return PAGE;
  }
}
