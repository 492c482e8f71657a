import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import type { PrintedPage } from './printed-page.js';
import { fieldsOf, isObject, listOf, resolved, said, type JsonObject } from './schema-comparison.js';

const DOCUMENT = join(projectRoot(), 'docs', 'openapi.json');

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const SCHEMA = '#/components/schemas/';
const JSON_TYPE = 'application/json';
/** Of an order as it is read: it has the codes of failures. */
const FAILED = 'OrderWithHistory';

/** Parameters of these places are arguments of a client; of the headers it makes its own use. */
const PLACES = ['path', 'query'];

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly json: JsonObject;
}

const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;

const isName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

function comment(text: unknown, indent: string): string {
  if (typeof text !== 'string') return '';
  const lines = text.replaceAll('*/', '* /').trim().split('\n');
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  const starred = lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n');
  return `${indent}/**\n${starred}\n${indent} */\n`;
}

function objectType(schema: JsonObject, indent: string): string {
  const properties = Object.entries(fieldsOf(schema.properties));
  const others = schema.additionalProperties;
  if (properties.length === 0) {
    return `Record<string, ${isObject(others) ? typeOf(others, indent) : others === false ? 'never' : 'unknown'}>`;
  }
  const required = new Set(listOf(schema.required));
  const inner = `${indent}  `;
  const fields = properties.map(([name, value]) => {
    const field = value as JsonObject;
    const mark = required.has(name) ? '' : '?';
    const key = isName(name) ? name : quoted(name);
    return `${comment(field.description, inner)}${inner}${key}${mark}: ${typeOf(field, inner)};\n`;
  });
  return `{\n${fields.join('')}${indent}}`;
}

/** The type of a schema as TypeScript: of what only a validator could check (bounds, patterns, `if`) nothing is said. */
function typeOf(schema: JsonObject, indent = ''): string {
  const { $ref: reference, type } = schema;
  if (typeof reference === 'string') return reference.slice(SCHEMA.length);
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return listOf(schema.enum).map(literal).join(' | ');
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice !== undefined) {
    return [...new Set(listOf(choice).map((one) => typeOf(one as JsonObject, indent)))].join(' | ');
  }
  if (type === 'object') return objectType(schema, indent);
  if (type === 'array') {
    const item = typeOf(fieldsOf(schema).items as JsonObject, indent);
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
  }
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'string' || type === 'boolean' || type === 'null' ? type : 'unknown';
}

function literal(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

function operationsOf(document: JsonObject): Operation[] {
  return Object.entries(fieldsOf(document.paths)).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const json = fieldsOf(item)[method];
      if (!isObject(json) || typeof json.operationId !== 'string') return [];
      return [{ id: json.operationId, method: method.toUpperCase(), path, json }];
    }),
  );
}

/** The content of an operation's answers that are a success, by its type. */
function contentsOf(document: JsonObject, { json }: Operation): JsonObject[] {
  return Object.entries(fieldsOf(json.responses)).flatMap(([status, response]) =>
    status.startsWith('2') ? [fieldsOf(fieldsOf(resolved(document, response)).content)] : [],
  );
}

/** The schemas of an operation's answers that are a success, and JSON; of a server-sent stream or a page there is none. */
function answersOf(document: JsonObject, operation: Operation): JsonObject[] {
  return contentsOf(document, operation).flatMap((content) => {
    const { schema } = fieldsOf(content[JSON_TYPE]);
    return isObject(schema) ? [schema] : [];
  });
}

/** A line for an operation whose answers are never JSON. */
function otherTypesLine(document: JsonObject, operation: Operation): string {
  const types = contentsOf(document, operation).flatMap((content) => Object.keys(content));
  if (types.length === 0 || types.includes(JSON_TYPE)) return '';
  return `  ${operation.id}: [${types.map(quoted).join(', ')}],\n`;
}

/** Events of a stream by their names, as the document tells them beside `text/event-stream`. */
function eventsOf(document: JsonObject, { json }: Operation): [string, JsonObject][] {
  const { content } = fieldsOf(resolved(document, fieldsOf(json.responses)['200']));
  const events = fieldsOf(fieldsOf(fieldsOf(content)['text/event-stream'])['x-events']);
  return Object.entries(events) as [string, JsonObject][];
}

function bodyOf({ json }: Operation): JsonObject | undefined {
  const { schema } = fieldsOf(fieldsOf(fieldsOf(json.requestBody).content)[JSON_TYPE]);
  return isObject(schema) ? schema : undefined;
}

function parametersOf(document: JsonObject, { json }: Operation): JsonObject[] {
  return listOf(json.parameters).map((parameter) => resolved(document, parameter));
}

/** A query's value that is a list of words is a string; one that is true or false may be given as such. */
function parameterType(schema: JsonObject): string {
  const values = listOf(schema.enum);
  return values.length === 2 && values.includes('true') && values.includes('false')
    ? 'boolean'
    : typeOf(schema, '      ');
}

function argumentsIn(place: string, parameters: readonly JsonObject[]): string {
  const here = parameters.filter((parameter) => parameter.in === place);
  if (here.length === 0) return `    ${place}: NoFields;\n`;
  const fields = here.map(({ name, required, description, schema }) => {
    const mark = required === true ? '' : '?';
    return `${comment(description, '      ')}      ${said(name)}${mark}: ${parameterType(schema as JsonObject)};\n`;
  });
  return `    ${place}: {\n${fields.join('')}    };\n`;
}

function operationType(document: JsonObject, operation: Operation): string {
  const parameters = parametersOf(document, operation);
  const body = bodyOf(operation);
  const answers = [...new Set(answersOf(document, operation).map((schema) => typeOf(schema, '    ')))];
  const events = eventsOf(document, operation).map(
    ([name, schema]) => `${isName(name) ? name : quoted(name)}: ${typeOf(schema, '    ')}`,
  );
  return [
    comment(operation.json.summary, '  '),
    `  ${operation.id}: {\n`,
    ...PLACES.map((place) => argumentsIn(place, parameters)),
    `    body: ${body === undefined ? 'undefined' : typeOf(body, '    ')};\n`,
    `    answer: ${answers.length === 0 ? 'undefined' : answers.join(' | ')};\n`,
    events.length === 0 ? '' : `    events: { ${events.join('; ')} };\n`,
    '  };\n',
  ].join('');
}

function routeLine(document: JsonObject, operation: Operation): string {
  const { id, method, path } = operation;
  const isKeyed = parametersOf(document, operation).some(({ name }) => name === 'Idempotency-Key');
  return `  ${id}: { method: ${quoted(method)}, path: ${quoted(path)}, isKeyed: ${isKeyed} },\n`;
}

/** Names of the schemas that are reached from these, themselves included. */
function reachable(document: JsonObject, from: readonly unknown[]): Set<string> {
  const schemas = fieldsOf(fieldsOf(document.components).schemas);
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    if (!isObject(value as JsonObject)) return;
    const { $ref: reference, ...rest } = value as JsonObject;
    Object.values(rest).forEach(look);
    if (typeof reference !== 'string' || !reference.startsWith(SCHEMA)) return;
    const name = reference.slice(SCHEMA.length);
    if (found.has(name)) return;
    found.add(name);
    look(schemas[name]);
  };
  from.forEach(look);
  return found;
}

function declaration(name: string, schema: JsonObject): string {
  const type = typeOf(schema);
  const text = comment(schema.description, '');
  return type.startsWith('{')
    ? `${text}export interface ${name} ${type}\n`
    : `${text}export type ${name} = ${type};\n`;
}

/** Refusal codes of all problems in the document, each with the status that it is answered with. */
function refusalsOf(document: JsonObject): [code: string, status: number][] {
  const problems = Object.entries(fieldsOf(fieldsOf(document.components).schemas));
  return problems.flatMap(([name, problem]) => {
    const { code, status } = fieldsOf(fieldsOf(problem).properties);
    const { const: word } = resolved(document, code);
    const { const: number } = fieldsOf(status);
    const isProblem = name.endsWith('Problem') && typeof word === 'string' && typeof number === 'number';
    return isProblem ? [[word, number]] : [];
  });
}

/**
 * The types of `@jangteo/client`: each schema that a client sends, is answered or finds in a problem, and of each
 * operation its arguments and answer; beside them what is there at run time: statuses of orders that failed, the routes,
 * and which of them do not answer with JSON.
 */
export function clientTypes(document: JsonObject): string {
  const schemas = fieldsOf(fieldsOf(document.components).schemas);
  const operations = operationsOf(document);
  const refusals = refusalsOf(document);
  const failures = listOf(fieldsOf(fieldsOf(fieldsOf(schemas[FAILED]).properties).failureCode).enum);
  const roots = operations.flatMap((operation) => [
    bodyOf(operation),
    ...answersOf(document, operation),
    ...eventsOf(document, operation).map(([, schema]) => schema),
    ...parametersOf(document, operation).filter(({ in: place }) => PLACES.includes(said(place))),
  ]);
  const ofProblems = ['FieldError', 'Shortage'].map((name) => ({ $ref: `${SCHEMA}${name}` }));
  const names = reachable(document, [...roots, ...ofProblems]);
  const declared = Object.entries(schemas).filter(([name]) => names.has(name));
  return [
    '// Printed from docs/openapi.json by `npm run docs`; not to be changed by hand.\n',
    ...declared.map(([name, schema]) => declaration(name, schema as JsonObject)),
    `/** Why the shop refuses or fails; it never changes its meaning. */\nexport type ErrorCode =\n${refusals
      .map(([code]) => `  | ${quoted(code)}`)
      .join('\n')};\n`,
    `/** The HTTP status of each code that an order may fail with. */\nexport const FAILURE_STATUSES: Readonly<Record<string, number>> = {\n${refusals
      .filter(([code]) => failures.includes(code))
      .map(([code, status]) => `  ${code}: ${status},\n`)
      .join('')}};\n`,
    'export type NoFields = Record<never, never>;\n',
    `/** Arguments and answer of each operation, by its id in the document. */\nexport interface Operations {\n${operations
      .map((operation) => operationType(document, operation))
      .join('')}}\n`,
    `/** How each operation is asked for; those with \`isKeyed\` take an Idempotency-Key. */\nexport const ROUTES = {\n${operations
      .map((operation) => routeLine(document, operation))
      .join('')}} as const;\n`,
    `/** What operations answer with whose success is no JSON. */\nexport const OTHER_TYPES: Readonly<Record<string, readonly string[]>> = {\n${operations
      .map((operation) => otherTypesLine(document, operation))
      .join('')}};\n`,
  ].join('\n');
}

/** The types as the written document has them. */
export const CLIENT_TYPES: PrintedPage = {
  path: 'clients/typescript/src/api.ts',
  fresh: async () => clientTypes(JSON.parse(await readFile(DOCUMENT, 'utf8')) as JsonObject),
};
