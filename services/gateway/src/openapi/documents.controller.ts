/*
 * GET /openapi.json   anyone   200
 * GET /docs           anyone   200
 */
import { createReadStream } from 'node:fs';
import { Controller, Get, Header, Inject, Param, StreamableFile } from '@nestjs/common';
import { named, VERSION } from '@jangteo/contracts';
import { Documented, Undocumented } from '@jangteo/service';
import { z } from 'zod';
import { LiveExamples } from './live-examples.js';
import type { ApiDocument } from './openapi.js';
import {
  REFERENCE_FILES,
  referenceFile,
  REFERENCE_POLICY,
  referencePage,
  referenceScript,
} from './reference-page.js';
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

const PAGE = referencePage({ folder: '/docs/', scripts: ['page.js'] });
const PAGE_SCRIPT = referenceScript(["url: '/openapi.json'", 'displayRequestDuration: true']);
const POLICY = `${REFERENCE_POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

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
    const type = Object.hasOwn(REFERENCE_FILES, name) ? REFERENCE_FILES[name] : undefined;
    if (type === undefined) throw new Refused({ code: 'NOT_FOUND' });
    return new StreamableFile(createReadStream(referenceFile(name)), { type });
  }
}
