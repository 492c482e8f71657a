import type { Example, Operation } from './api-document.js';

/** What a client wants to be answered, whatever it asks. */
export interface Preference {
  readonly code: number | undefined;
  /** The name of an example, or the code of a problem. */
  readonly example: string | undefined;
}

/** Reads `code=409` and `example=OUT_OF_STOCK` from the header `Prefer`; `undefined` where neither is there. */
export function preferenceOf(header: string | undefined): Preference | undefined {
  const word = (name: string): string | undefined =>
    new RegExp(`(?:^|[,;])\\s*${name}\\s*=\\s*"?([^",;\\s]+)`, 'i').exec(header ?? '')?.[1];
  const [code, example] = [word('code'), word('example')];
  if (code === undefined && example === undefined) return undefined;
  return { code: code === undefined ? undefined : Number(code), example };
}

const codeOf = ({ body }: Example): unknown => (body as { code?: unknown } | undefined)?.code;

/** The first answer of an operation that is as preferred, by the order of the document. */
export function preferred({ examples }: Operation, { code, example }: Preference): Example | undefined {
  return examples.find(
    (one) =>
      (code === undefined || one.status === code) &&
      (example === undefined || one.name === example || codeOf(one) === example),
  );
}

/** Everything that can be preferred of an operation, for who asked for something else. */
export function choicesOf({ examples }: Operation): string {
  const choices = examples.map((one) => [one.status, codeOf(one)].filter(Boolean).join(' '));
  return [...new Set(choices)].join(', ');
}
