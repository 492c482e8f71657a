/*
 * GET /openapi.json   anyone   200
 * GET /docs           anyone   200
 */
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { Controller, Get, Header, Inject, Param, StreamableFile } from '@nestjs/common';
import { named, VERSION } from '@jangteo/contracts';
import { Documented, Undocumented } from '@jangteo/service';
import { z } from 'zod';
import { LiveExamples } from './live-examples.js';
import type { ApiDocument } from './openapi.js';
import { Refused } from '../http/refusal-error.js';

/** Injection token of the {@link ApiDocument}. */
export const API_DOCUMENT = Symbol('API document');

const openApi = named(
  'OpenApi',
  z.looseObject({
    openapi: z.string(),
    paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))),
  }),
  { openapi: '3.1.1', info: { title: 'Jangteo', version: VERSION }, paths: {} },
  'An OpenAPI 3.1 document.',
);
const page = named('Page', z.string(), '<!doctype html>');

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Jangteo API</title>
    <link rel="icon" href="/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="page"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/page.js"></script>
  </body>
</html>
`;

const PAGE_SCRIPT = `SwaggerUIBundle({
  dom_id: '#page',
  url: '/openapi.json',
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
`;

/** Nothing that the page shows or does comes from elsewhere. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'";

/** Files of Swagger UI that the page needs, and their content types. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const { resolve } = createRequire(import.meta.url);

/** The API's document, and a page to read it and to try it out. */
@Controller()
export class DocumentsController {
  constructor(
    @Inject(API_DOCUMENT) private readonly document: ApiDocument,
    private readonly examples: LiveExamples,
  ) {}

  @Get('openapi.json')
  @Header('cache-control', 'no-cache')
  @Header('content-type', 'application/json; charset=utf-8')
  @Documented({
    id: 'readApiDocument',
    summary: 'This document',
    refuses: ['RATE_LIMITED', 'SERVICE_UNAVAILABLE'],
    answer: openApi as z.ZodType<unknown>,
  })
  async openApi(): Promise<unknown> {
    return await this.examples.in(this.document);
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Documented({
    id: 'readDocs',
    summary: 'This document as a page',
    refuses: ['RATE_LIMITED', 'SERVICE_UNAVAILABLE'],
    answer: page,
    mediaType: 'text/html',
  })
  docs() {
    return PAGE;
  }

  @Get('docs/page.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Undocumented()
  script() {
    return PAGE_SCRIPT;
  }

  @Get('docs/:asset')
  @Header('cache-control', 'public, max-age=86400')
  @Undocumented()
  asset(@Param('asset') name: string) {
    const type = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
    if (type === undefined) throw new Refused({ code: 'NOT_FOUND' });
    return new StreamableFile(createReadStream(resolve(`swagger-ui-dist/${name}`)), { type });
  }
}
