import { Injectable, StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import type { z } from 'zod';
import { unstorableText } from '../domain/text.js';
import { emptyBody } from '../openapi/schemas.js';
import { Refused } from './refusal-error.js';

/** No answer grows with the number of mistakes in a request. */
const ERRORS_MAX = 50;

interface FieldError {
  readonly path: string;
  readonly message: string;
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  /** zod names all unknown fields of an object in one issue. */
  readonly keys?: readonly string[];
}

const firstOf = (errors: FieldError[]): FieldError[] => errors.slice(0, ERRORS_MAX);

function invalid(errors: FieldError[]): Refused {
  return new Refused({ code: 'VALIDATION_FAILED', errors: firstOf(errors) });
}

function errorsOf({ path = [], message, keys }: Issue): FieldError[] {
  const names = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
  if (keys === undefined) return [{ path: names.join('.'), message }];
  return keys.map((key) => ({ path: [...names, key].join('.'), message: 'is not a known field' }));
}

/** Reads a body by its schema; without one it is to be none, or `{}`. */
export function checkedBody(
  body: unknown,
  schema: z.ZodType = emptyBody,
): Outcome<unknown, 'VALIDATION_FAILED'> {
  const { data, error } = schema.safeParse(body);
  if (error === undefined) return done(data);
  return refuse('VALIDATION_FAILED', undefined, { errors: firstOf(error.issues.flatMap(errorsOf)) });
}

/** Checks bodies, queries and path parameters against the schema that their decorator names. */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => invalid(issues.flatMap(errorsOf)) });
  }

  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    if (metadata.schema === undefined) return value;
    const valid = await super.transform(value, metadata);
    const path = unstorableText(valid);
    if (path !== undefined) throw invalid([{ path, message: 'has characters that cannot be stored' }]);
    return valid;
  }

  /** Nothing to do: the body parser refuses such keys, and schemas let no unknown key through. */
  protected override stripProtoKeys(): void {}
}
