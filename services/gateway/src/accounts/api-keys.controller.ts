/*
 * GET    /admin/api-keys          admin   200
 * POST   /admin/api-keys          admin   201
 * GET    /admin/api-keys/:keyId   admin   200
 * DELETE /admin/api-keys/:keyId   admin   204
 */
import { Body, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { id, named } from '@jangteo/contracts';
import { cutPage } from '@jangteo/database';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { ROLES } from '../domain/caller.js';
import { Api } from '../http/access.guard.js';
import { idBefore } from '../http/newest-first.js';
import { valueOf } from '../http/refusal-error.js';
import { Call, FromCall } from '../http/request-context.js';
import { apiKey, createdApiKey } from '../http/responses.js';
import { cursorLike, givenInstant, pageQuery, personName, type PageQuery } from '../openapi/schemas.js';
import { ApiKeys } from './api-keys.js';
import type { ApiKey } from './api-keys.queries.js';

export const apiKeyPath = z.object({ keyId: id });
export const apiKeysQuery = pageQuery.extend({ cursor: cursorLike('byId') });
export const createApiKeyBody = named(
  'ApiKeyDraft',
  z.strictObject({
    name: personName,
    role: z.enum(ROLES).exclude(['customer']),
    expiresAt: givenInstant.optional(),
  }),
  { name: 'Nightly report', role: 'viewer' },
);

@Api()
export class ApiKeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Get('admin/api-keys')
  @Documented({
    id: 'listApiKeys',
    summary: 'Reads the keys of programs, the newest first',
    answer: z.array(apiKey),
  })
  async list(@FromCall() call: Call, @Query({ schema: apiKeysQuery }) { limit, cursor }: PageQuery) {
    const rows = await this.keys.list(idBefore(cursor), limit + 1);
    const { rows: listed, next } = cutPage(rows, limit, ({ keyId }) => [keyId]);
    call.linkNext(next);
    return listed.map(shown);
  }

  @Post('admin/api-keys')
  @Documented({
    id: 'createApiKey',
    summary: 'Makes a key for a program',
    description:
      'Goes into the `Authorization` header as `Bearer jk_…`, is shown this once and stored as a hash. A key acts in ' +
      'the name of who made it, with its own role and never beyond theirs: it is suspended with them. A repeat under ' +
      'its `Idempotency-Key` makes nothing and cannot be told the text again: it is 422, and says which key was made, ' +
      'to end it if nobody has seen it.',
    refuses: ['IDEMPOTENCY_KEY_REUSED'],
    answer: createdApiKey,
    givesHeaders: ['ApiKeyLocation'],
  })
  async create(
    @FromCall() call: Call,
    @Body({ schema: createApiKeyBody }) draft: z.infer<typeof createApiKeyBody>,
  ) {
    const operation = call.operation({ type: 'gateway.create-api-key' }, draft);
    const { key, ...made } = valueOf(await this.keys.make(call.caller, draft, operation));
    call.tell('location', `/admin/api-keys/${made.keyId}`);
    return { ...shown(made), key };
  }

  @Get('admin/api-keys/:keyId')
  @Documented({
    id: 'readApiKey',
    summary: 'Reads a key of a program',
    description: 'All but its text, which was shown when it was made.',
    refuses: ['API_KEY_NOT_FOUND'],
    answer: apiKey,
  })
  async read(@Param({ schema: apiKeyPath }) { keyId }: z.infer<typeof apiKeyPath>) {
    return shown(valueOf(await this.keys.read(keyId)));
  }

  @Delete('admin/api-keys/:keyId')
  @HttpCode(204)
  @Documented({
    id: 'endApiKey',
    summary: 'Ends a key',
    description: 'On every replica once this is answered, which takes a second.',
    refuses: ['API_KEY_NOT_FOUND'],
  })
  async end(
    @FromCall() call: Call,
    @Param({ schema: apiKeyPath }) { keyId }: z.infer<typeof apiKeyPath>,
  ): Promise<void> {
    call.noteBefore(shown(valueOf(await this.keys.end(keyId))));
  }
}

function shown({ keyId, name, role, makerId, createdAt, expiresAt }: ApiKey): z.infer<typeof apiKey> {
  const end = expiresAt === null ? {} : { expiresAt: expiresAt.toISOString() };
  return { keyId, name, role, makerId, createdAt: createdAt.toISOString(), ...end };
}
