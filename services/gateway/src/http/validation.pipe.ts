import { Injectable, StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { unstorableText } from '../domain/text.js';
import { Refused } from './refusal-error.js';

/** No answer grows with the number of mistakes in a request. */
const ERRORS_MAX = 50;

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  /** zod names all unknown fields of an object in one issue. */
  readonly keys?: readonly string[];
}

function invalid(errors: { path: string; message: string }[]): Refused {
  return new Refused({ code: 'VALIDATION_FAILED', errors: errors.slice(0, ERRORS_MAX) });
}

function errorsOf({ path = [], message, keys }: Issue): { path: string; message: string }[] {
  const names = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
  if (keys === undefined) return [{ path: names.join('.'), message }];
  return keys.map((key) => ({ path: [...names, key].join('.'), message: 'is not a known field' }));
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
