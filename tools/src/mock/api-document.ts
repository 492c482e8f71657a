import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { OPENING, textOf } from '@jangteo/gateway/domain';

/** A part of an OpenAPI document: an object, which may be a `$ref` to another. */
type Part = Readonly<Record<string, unknown>>;

/** What goes on, event by event. */
export const EVENT_STREAM = 'text/event-stream';

/** An answer as the document shows it. */
export interface Example {
  readonly status: number;
  /** Where the document has several for one status. */
  readonly name: string | undefined;
  readonly mediaType: string | undefined;
  readonly body: unknown;
}

export interface RequestToCheck {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** A request but for its body, its parameters numbers and booleans where they are to be; or what is wrong with it. */
export type Checked = { readonly request: RequestToCheck } | { readonly errors: readonly FieldError[] };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const DOCUMENT = 'https://shop.invalid/openapi.json';
const ERRORS_MAX = 50;

const pointer = (...names: readonly string[]): string =>
  names.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

/** Says what is wrong as the shop does: where, by names and indexes with dots between them. */
function faultsOf(errors: readonly ErrorObject[]): FieldError[] {
  return errors.map(({ instancePath, keyword, params, message = 'is not valid' }) => {
    const at = instancePath.slice(1).split('/').filter(Boolean);
    if (keyword === 'required')
      return { path: [...at, params.missingProperty].join('.'), message: 'is needed' };
    if (keyword === 'additionalProperties') {
      return { path: [...at, params.additionalProperty].join('.'), message: 'is not a known parameter' };
    }
    return { path: at.join('.'), message };
  });
}

/** One call of the API: what it takes, whom it is for, and what it may answer. */
export class Operation {
  readonly id: string;
  /** Who may call it; nobody in particular where it is empty. */
  readonly roles: readonly string[];
  readonly examples: readonly Example[];
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(
    readonly method: string,
    readonly path: string,
    readonly operation: Part,
    readonly document: ApiDocument,
  ) {
    this.id = operation.operationId as string;
    this.roles = (operation['x-roles'] ?? []) as string[];
    this.examples = Object.entries(operation.responses as Part).flatMap(([status, response]) =>
      this.document.examplesOf(Number(status), response as Part),
    );
  }

  /** Whether it looks at a header. */
  takes(header: 'Idempotency-Key' | 'If-Match'): boolean {
    const parameters = (this.operation.parameters ?? []) as Part[];
    return parameters.some((part) => this.document.resolved(part).name === header);
  }

  /** Headers that an answer with this status always has, as the document shows them. */
  headersOf(status: number): Record<string, string> {
    const response = this.document.resolved((this.operation.responses as Part)[status] as Part);
    const headers = Object.entries((response?.headers ?? {}) as Record<string, Part>).map(
      ([name, header]) => [name, this.document.resolved(header)] as const,
    );
    return Object.fromEntries(
      headers
        .filter(([, { required }]) => required)
        .map(([name, { example }]) => [name.toLowerCase(), String(example)]),
    );
  }

  check({ path, query, headers }: RequestToCheck): Checked {
    const request = { path: { ...path }, query: { ...query }, headers: { ...headers } };
    const errors = (['path', 'query', 'header'] as const).flatMap((place) =>
      this.#faults(place, place === 'header' ? request.headers : request[place]),
    );
    return errors.length > 0 ? { errors: errors.slice(0, ERRORS_MAX) } : { request };
  }

  #faults(place: string, value: unknown): FieldError[] {
    // Of seventy operations most are never called.
    let validate = this.#validators.get(place);
    if (validate === undefined) {
      validate = this.document.compile(this.#parameters(place));
      this.#validators.set(place, validate);
    }
    return validate(value) ? [] : faultsOf(validate.errors ?? []);
  }

  #parameters(place: string): object {
    const parameters = ((this.operation.parameters ?? []) as Part[])
      .map((parameter, index) => {
        const at = (parameter.$ref as string | undefined) ?? `#${this.#pointer('parameters', String(index))}`;
        const { name, ...rest } = this.document.resolved(parameter);
        const key = place === 'header' ? (name as string).toLowerCase() : (name as string);
        return { ...rest, key, schema: { $ref: `${DOCUMENT}${at}/schema` } };
      })
      .filter((parameter) => (parameter as Part).in === place);
    return {
      type: 'object',
      properties: Object.fromEntries(parameters.map(({ key, schema }) => [key, schema])),
      required: parameters.filter((parameter) => (parameter as Part).required).map(({ key }) => key),
      ...(place === 'query' ? { additionalProperties: false } : {}),
    };
  }

  #pointer(...names: readonly string[]): string {
    return pointer('paths', this.path, this.method.toLowerCase(), ...names);
  }
}

/** The API's own description: its calls, what they take, and what they answer. */
export class ApiDocument {
  readonly operations: readonly Operation[];
  readonly #ajv: Ajv2020;

  constructor(readonly document: Part) {
    const options = { strict: false, validateSchema: false, allErrors: true };
    this.#ajv = new Ajv2020({ ...options, coerceTypes: true });
    // The package has no types for its own default export as an ES module sees it.
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
    this.#ajv.addSchema(document as object, DOCUMENT);
    this.operations = Object.entries(document.paths as Record<string, Part>).flatMap(([path, methods]) =>
      METHODS.filter((method) => method in methods).map(
        (method) => new Operation(method.toUpperCase(), path, methods[method] as Part, this),
      ),
    );
  }

  /** Makes a check of parameters, which are strings. */
  compile(schema: object): ValidateFunction {
    return this.#ajv.compile(schema);
  }

  /** The part that is meant, where this one only points to it. */
  resolved(part: Part): Part {
    if (typeof part?.$ref !== 'string') return part;
    const names = part.$ref.slice(2).split('/');
    const found = names.reduce<unknown>((value, name) => {
      const key = decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
      return (value as Part)[key];
    }, this.document);
    return this.resolved(found as Part);
  }

  examplesOf(status: number, response: Part): Example[] {
    const content = Object.entries((this.resolved(response).content ?? {}) as Record<string, Part>);
    if (content.length === 0) return [{ status, name: undefined, mediaType: undefined, body: undefined }];
    return content.flatMap(([mediaType, media]): Example[] => {
      const named = Object.entries((media.examples ?? {}) as Record<string, Part>);
      if (named.length > 0) {
        return named.map(([name, example]) => {
          return { status, name, mediaType, body: this.resolved(example).value };
        });
      }
      const events = media['x-events'] as Readonly<Record<string, Part>> | undefined;
      if (events !== undefined) {
        return [{ status, name: undefined, mediaType, body: this.#streamOf(events) }];
      }
      const body = 'example' in media ? media.example : this.#exampleOf((media.schema ?? {}) as Part);
      return [{ status, name: undefined, mediaType, body }];
    });
  }

  /** One event of each type. */
  #streamOf(events: Readonly<Record<string, Part>>): string {
    const shown = Object.entries(events).map(([event, schema]) =>
      textOf({ event, data: this.#exampleOf(schema) as object }),
    );
    return OPENING + shown.join('');
  }

  #exampleOf(schema: Part): unknown {
    const { examples, type, items } = this.resolved(schema);
    if (Array.isArray(examples)) return examples[0];
    return type === 'array' ? [this.#exampleOf(items as Part)] : '';
  }
}
