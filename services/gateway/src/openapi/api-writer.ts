import { STATUS_CODES } from 'node:http';
import {
  createCoupon,
  createProduct,
  DocumentSchemas,
  REFUSALS,
  type JsonSchema,
  type RefusalCode,
} from '@jangteo/contracts';
import type { Ending, StreamedAnswer } from '@jangteo/service';
import { z } from 'zod';
import { ANSWER_HEADERS, REQUEST_HEADERS, type KnownHeader } from './api-headers.js';
import { GLOSSARY, meaningOf } from './api-glossary.js';
import { exampleProblem, problemName, problemSchema } from './api-problems.js';
import type { ApiRoute } from './api-routes.js';
import { accessByKey, type Access } from '../domain/access.js';
import { isAtLeast, ROLES, type Role } from '../domain/caller.js';
import { PROBLEM_TYPE } from '../http/problem.filter.js';

const WHO: Readonly<Record<Access, string>> = {
  anyone: 'For anyone.',
  customer: 'For users who are logged in.',
  viewer: 'For viewers, operators and admins.',
  operator: 'For operators and admins.',
  admin: 'For admins.',
};

/** Roles that may call, the lowest first; none where nobody has to log in. */
const rolesOf = (access: Access): Role[] =>
  access === 'anyone' ? [] : ROLES.filter((role) => isAtLeast(role, access));

/** Says so where a key may less than who is logged in; no need to where only keys of the same role may. */
function keysNote({ access, operation }: ApiRoute): string | undefined {
  const byKey = access === 'anyone' ? access : accessByKey(operation.id);
  if (byKey === undefined) return 'Not with an API key.';
  return byKey === access ? undefined : `With an API key for \`${byKey}\` and the roles above it.`;
}

function securityOf(access: Access): object[] {
  if (access === 'anyone') return [];
  return [{ bearer: access === 'customer' ? [] : [access] }];
}

/** Codes that a route may refuse with, in the order of the table of codes. */
function refusalsOf(route: ApiRoute): RefusalCode[] {
  const { access, isGuarded, operation, body } = route;
  const { asks = [], refuses = [] } = operation;
  const fields = [...route.parameters.map(({ schema }) => schema), body];
  const namesUser = fields.some((schema) => schema instanceof z.ZodObject && 'userId' in schema.shape);
  const codes = new Set<RefusalCode>([
    'VALIDATION_FAILED',
    'METHOD_NOT_ALLOWED',
    'INTERNAL',
    ...(isGuarded ? (['RATE_LIMITED', 'SERVICE_UNAVAILABLE'] as const) : []),
    ...(access === 'anyone' ? [] : (['UNAUTHENTICATED', 'ACCOUNT_SUSPENDED'] as const)),
    ...(access === 'anyone' || (access === 'customer' && accessByKey(operation.id) === 'customer')
      ? []
      : (['FORBIDDEN'] as const)),
    ...(namesUser ? (['FORBIDDEN', 'USER_NOT_FOUND'] as const) : []),
    ...(route.method === 'get' ? [] : (['REQUEST_TIMEOUT', 'PAYLOAD_TOO_LARGE'] as const)),
    ...(asks.length > 0 || route.method !== 'get' ? (['UPSTREAM_TIMEOUT'] as const) : []),
    ...asks.flatMap(({ refusals }) => refusals),
    ...refuses,
  ]);
  if (codes.has('IDEMPOTENCY_KEY_REUSED')) codes.add('IDEMPOTENCY_KEY_IN_USE');
  return (Object.keys(REFUSALS) as RefusalCode[]).filter((code) => codes.has(code));
}

/** Of things that a shop has from its first start on. */
const PATH_EXAMPLES: Readonly<Record<string, unknown>> = {
  productId: createProduct.example.value.productId,
  couponId: createCoupon.example.value.couponId,
};

const STATUSES_WITH = { 'WWW-Authenticate': [401], Allow: [405], 'Retry-After': [429, 503] };

/** Of every answer. */
const COMMON_HEADERS = ['RateLimit', 'RateLimit-Policy', 'X-Request-Id'] as const;

const list = (codes: readonly RefusalCode[]) =>
  codes.map((code) => `- \`${code}\`: ${REFUSALS[code].title}.`).join('\n');

const endingNote = ({ since, until, instead }: Ending): string =>
  `**Deprecated** since ${since}, and may be gone from ${until} on. ${instead}`;

/** Writes the document, gathering on the way what its parts have in common. */
export class ApiWriter {
  readonly #schemas = new DocumentSchemas(meaningOf);
  readonly #parameters = new Map<string, object>();
  readonly #headers = new Map<string, object>();
  readonly #responses = new Map<string, object>();
  readonly #examples = new Map<string, object>();

  /** @param id what generated clients call it, which is unique in the document */
  operation(route: ApiRoute, id: string): Record<string, unknown> {
    const { summary, description, ending, takesHeaders = [] } = route.operation;
    const refusals = refusalsOf(route);
    const isRepeatable = refusals.includes('IDEMPOTENCY_KEY_REUSED');
    const headers = [
      ...(isRepeatable ? (['Idempotency-Key'] as const) : []),
      ...takesHeaders,
      'X-Request-Id',
    ] as const;
    const parameters = [
      ...route.parameters.flatMap((part) => this.#parametersOf(part, route.operation.id)),
      ...headers.map((name) =>
        this.#parameter(name, { in: 'header', ...this.#header(REQUEST_HEADERS[name]) }),
      ),
    ];
    return {
      operationId: id,
      tags: [route.group],
      summary,
      ...(ending && { deprecated: true }),
      description: [ending && endingNote(ending), description, WHO[route.access], keysNote(route)]
        .filter((text) => text !== undefined)
        .join('\n\n'),
      security: securityOf(route.access),
      ...(route.isGuarded ? { 'x-roles': rolesOf(route.access) } : {}),
      parameters,
      ...(route.body === undefined ? {} : { requestBody: this.#body(route.body) }),
      responses: { ...this.#successes(route, isRepeatable), ...this.#problems(refusals) },
    };
  }

  get components(): object {
    const sorted = (parts: ReadonlyMap<string, object>) =>
      Object.fromEntries([...parts].sort(([a], [b]) => (a < b ? -1 : 1)));
    return {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'An access token of `POST /auth/login`, whose keys are at `/.well-known/jwks.json`; or an API key (`jk_…`).',
        },
      },
      parameters: sorted(this.#parameters),
      headers: sorted(this.#headers),
      responses: sorted(this.#responses),
      examples: sorted(this.#examples),
      schemas: this.#schemas.components,
    };
  }

  #parametersOf({ in: part, schema }: ApiRoute['parameters'][number], operation: string): object[] {
    const { properties, required = [] } = this.#schemas.of(schema, 'input') as {
      properties: Record<string, JsonSchema>;
      required?: readonly string[];
    };
    return Object.entries(properties).map(([name, { description: meaning, ...field }]) => {
      const description = GLOSSARY[`${operation}?${name}`] ?? GLOSSARY[`?${name}`] ?? meaning;
      const { examples: [example = PATH_EXAMPLES[name]] = [], ...schema } = field as JsonSchema & {
        examples?: readonly unknown[];
      };
      return this.#parameter(name, {
        in: part,
        required: required.includes(name),
        description,
        schema,
        ...(example === undefined ? {} : { example }),
      });
    });
  }

  /** Refers to a parameter that several routes take alike, which is written once. */
  #parameter(name: string, parameter: object): object {
    const written = { name, ...parameter };
    const known = this.#parameters.get(name);
    if (known === undefined) this.#parameters.set(name, written);
    else if (JSON.stringify(known) !== JSON.stringify(written)) return written;
    return { $ref: `#/components/parameters/${name}` };
  }

  #header({ schema, name: _name, ...header }: KnownHeader): object {
    return { ...header, schema: this.#schemas.of(schema, 'output') };
  }

  #body(schema: z.ZodType): object {
    const isOptional = schema.safeParse(undefined).success;
    const content = { 'application/json': { schema: this.#schemas.of(schema, 'input') } };
    return { required: !isOptional, content };
  }

  #headersOf(names: readonly (keyof typeof ANSWER_HEADERS)[]): object {
    const references = names.map((name) => {
      if (!this.#headers.has(name)) this.#headers.set(name, this.#header(ANSWER_HEADERS[name]));
      return [ANSWER_HEADERS[name].name ?? name, { $ref: `#/components/headers/${name}` }] as const;
    });
    return Object.fromEntries(references);
  }

  #successes(route: ApiRoute, isRepeatable: boolean): object {
    const { answer, pending, stream, ending, givesHeaders = [] } = route.operation;
    const endings = ending ? (['Deprecation', 'Sunset'] as const) : [];
    if (stream !== undefined) return this.#streamed(route, stream, endings);
    const isPaged = route.parameters.some(({ schema }) => 'cursor' in schema.shape);
    const headers = [
      ...(isRepeatable ? (['Idempotent-Replayed'] as const) : []),
      ...(isPaged ? (['Link'] as const) : []),
      ...endings,
      ...givesHeaders,
    ];
    const accepted = pending === undefined ? {} : { 202: this.#success(route, 202, pending, headers) };
    return { [route.status]: this.#success(route, route.status, answer, headers), ...accepted };
  }

  /** Generated clients take it for text: OpenAPI 3.1 has no schema for what comes bit by bit. */
  #streamed(
    route: ApiRoute,
    { events, hasEnd = false }: StreamedAnswer,
    endings: readonly (keyof typeof ANSWER_HEADERS)[],
  ): object {
    const names = Object.keys(events).map((name) => `\`${name}\``);
    const schema = {
      type: 'string',
      description: `Server-sent events (HTML): ${names.join(', ')}. The \`data\` of each is JSON, as \`x-events\` says.`,
    };
    const written = Object.entries(events).map(([name, event]) => [name, this.#schemas.of(event, 'output')]);
    const content = { 'text/event-stream': { schema, 'x-events': Object.fromEntries(written) } };
    const nothing = { description: 'Nothing comes any more: there is no need to connect again' };
    const headers = this.#headersOf([...COMMON_HEADERS, ...endings]);
    return {
      [route.status]: { description: STATUS_CODES[route.status], headers, content },
      ...(hasEnd && { 204: { ...nothing, headers } }),
    };
  }

  #success(
    { operation }: ApiRoute,
    status: number,
    schema: z.ZodType | undefined,
    headers: readonly (keyof typeof ANSWER_HEADERS)[],
  ): object {
    const { mediaType = 'application/json', isPageToo = false } = operation;
    const content = schema && {
      [mediaType]: { schema: this.#schemas.of(schema, 'output') },
      ...(isPageToo && { 'text/html': { schema: { type: 'string', description: 'The same as a page.' } } }),
    };
    const description = status === 202 ? 'Not done yet; it goes on by itself' : (STATUS_CODES[status] ?? '');
    return {
      description,
      headers: this.#headersOf([...COMMON_HEADERS, ...headers]),
      ...(content && { content }),
    };
  }

  #problems(refusals: readonly RefusalCode[]): object {
    const byStatus = Map.groupBy(refusals, (code) => REFUSALS[code].status);
    return Object.fromEntries([...byStatus].map(([status, codes]) => [status, this.#problem(status, codes)]));
  }

  /** Refers to one response for all routes that are refused with the same single code. */
  #problem(status: number, codes: readonly RefusalCode[]): object {
    const [code, ...others] = codes;
    if (code === undefined || others.length > 0) return this.#problemOf(status, codes);
    const name = problemName(code);
    if (!this.#responses.has(name)) this.#responses.set(name, this.#problemOf(status, codes));
    return { $ref: `#/components/responses/${name}` };
  }

  #problemOf(status: number, codes: readonly RefusalCode[]): object {
    const [first, ...others] = codes.map((code) => this.#schemas.of(problemSchema(code), 'output'));
    const examples = codes.map((code) => {
      const name = problemName(code);
      this.#examples.set(name, { summary: REFUSALS[code].title, value: exampleProblem(code) });
      return [name, { $ref: `#/components/examples/${name}` }] as const;
    });
    const schema = others.length === 0 ? first : { oneOf: [first, ...others] };
    const headers = (['WWW-Authenticate', 'Allow', 'Retry-After'] as const).filter((name) =>
      STATUSES_WITH[name].includes(status),
    );
    return {
      description: list(codes),
      headers: this.#headersOf(['Content-Language', ...COMMON_HEADERS, ...headers]),
      content: { [PROBLEM_TYPE]: { schema, examples: Object.fromEntries(examples) } },
    };
  }
}
