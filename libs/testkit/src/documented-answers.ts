import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { FIELDS_OF_LATER, REFUSALS, type RefusalCode } from '@jangteo/contracts';

interface ResponseObject {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Readonly<Record<string, object>>;
}

/** As much of an OpenAPI document as answers are compared with. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

export interface OperationObject {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

/** An answer as it came. */
export interface AnswerToCompare {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed, where it is JSON; `undefined` where there is none. */
  readonly body: unknown;
}

interface Route {
  readonly pattern: RegExp;
  readonly path: string;
}

const DOCUMENT = 'https://shop.invalid/openapi.json';

/**
 * Clients pass over fields that they do not know, so the document lets objects have more of them. What our
 * own gateway answers must all be documented.
 */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.fromEntries(Object.entries(value).map(([name, field]) => [name, closed(field)]));
  const { additionalProperties } = fields as { additionalProperties?: Partial<typeof FIELDS_OF_LATER> };
  const isOpen = additionalProperties?.description === FIELDS_OF_LATER.description;
  return isOpen ? { ...fields, additionalProperties: false } : fields;
}

const pointer = (...names: readonly string[]): string =>
  names.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

function routesOf(paths: ApiDocument['paths']): Route[] {
  const routes = Object.keys(paths).map((path) => {
    const parts = path
      .split(/\{\w+\}/)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
    return { path, pattern: new RegExp(`^${parts.join('[^/]+')}$`) };
  });
  // A path without a parameter goes before one that could be it.
  return routes.sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')));
}

function told(errors: readonly ErrorObject[] | null | undefined): string {
  return (errors ?? [])
    .slice(0, 3)
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join('; ');
}

/** Compares answers with what the API's own document says of them. */
export class DocumentedAnswers {
  readonly #ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
  readonly #routes: readonly Route[];
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(readonly document: ApiDocument) {
    // The package has no types for its own default export as an ES module sees it.
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
    this.#ajv.addSchema(closed(document) as object, DOCUMENT);
    this.#routes = routesOf(document.paths);
  }

  /** Reads the document from the gateway at this address. */
  static async of(url: string): Promise<DocumentedAnswers> {
    const response = await fetch(`${url}/openapi.json`);
    if (!response.ok) throw new Error(`GET /openapi.json answered ${response.status}`);
    return new DocumentedAnswers((await response.json()) as ApiDocument);
  }

  /**
   * Compares an answer with the document.
   *
   * @param path with or without a query
   * @returns what is wrong; nothing where it is as documented
   */
  fault(method: string, path: string, answer: AnswerToCompare): string | undefined {
    const [pathname = ''] = path.split(/[?#]/);
    const route = this.#routes.find(({ pattern }) => pattern.test(pathname));
    const verb = method.toLowerCase();
    const operation = route && this.document.paths[route.path]?.[verb];
    if (route === undefined || operation === undefined) return faultOfStray(answer);
    const documented = operation.responses[answer.status];
    if (documented === undefined) return `status ${answer.status} is not documented`;
    const { $ref = `#${pointer('paths', route.path, verb, 'responses', String(answer.status))}` } =
      documented;
    return this.#compare($ref, answer);
  }

  #compare(at: string, { headers, body }: AnswerToCompare): string | undefined {
    const response = this.#at(at) as ResponseObject;
    const missing = Object.entries(response.headers ?? {}).find(([name, { $ref }]) => {
      const { required = false } = this.#at($ref) as { required?: boolean };
      return required && headers.get(name) === null;
    });
    if (missing !== undefined) return `the header ${missing[0]} is missing`;
    if (response.content === undefined) return body === undefined ? undefined : 'no body is documented';
    const [mediaType] = (headers.get('content-type') ?? '').split(';');
    if (mediaType === undefined || !(mediaType in response.content)) {
      return `the content type ${mediaType} is not documented`;
    }
    const validate = this.#validator(`${at}${pointer('content', mediaType, 'schema')}`);
    return validate(body) ? undefined : `the body: ${told(validate.errors)}`;
  }

  #at(reference: string): unknown {
    const names = reference.slice(2).split('/');
    return names.reduce<unknown>((value, name) => {
      const key = decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
      return (value as Record<string, unknown>)[key];
    }, this.document);
  }

  #validator(at: string): ValidateFunction {
    const known = this.#validators.get(at);
    if (known !== undefined) return known;
    const validate = this.#ajv.compile({ $ref: DOCUMENT + at });
    this.#validators.set(at, validate);
    return validate;
  }
}

/** Expects what is no call of the API to be refused like one: with a problem whose code has its status. */
function faultOfStray({ status, headers, body }: AnswerToCompare): string | undefined {
  if (status < 400) return undefined;
  const { code } = (body ?? {}) as { code?: RefusalCode };
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  if (isProblem && code !== undefined && REFUSALS[code]?.status === status) return undefined;
  return `status ${status} with ${JSON.stringify(body)} is no documented problem`;
}
