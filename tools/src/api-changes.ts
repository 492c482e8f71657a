import {
  fieldsOf,
  listOf,
  resolved,
  said,
  SchemaComparison,
  type Json,
  type JsonObject,
} from './schema-comparison.js';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

interface ComparedApis {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly schemas: SchemaComparison;
}

/** Parameters by where and what they are. */
function parametersOf(document: JsonObject, operation: Json | undefined): Map<string, JsonObject> {
  const parameters = listOf(fieldsOf(operation).parameters).map((parameter) => resolved(document, parameter));
  return new Map(parameters.map((parameter) => [`${said(parameter.in)} ${said(parameter.name)}`, parameter]));
}

function parameterBreaks(
  { before, after, schemas }: ComparedApis,
  was: Json,
  is: Json,
  at: string,
): string[] {
  const [had, has] = [parametersOf(before, was), parametersOf(after, is)];
  const demanded = [...has].filter(
    ([key, { required }]) => required === true && had.get(key)?.required !== true,
  );
  const changed = [...had].flatMap(([key, parameter]) => {
    const now = has.get(key);
    if (now === undefined) return [`${at} takes no ${key} any more`];
    return schemas.breaks(parameter.schema, now.schema, 'sent', `${at} ${key}`);
  });
  return [...demanded.map(([key]) => `${at} needs the ${key} now`), ...changed];
}

function bodyBreaks({ before, after, schemas }: ComparedApis, was: Json, is: Json, at: string): string[] {
  const [had, has] = [resolved(before, fieldsOf(was).requestBody), resolved(after, fieldsOf(is).requestBody)];
  const contents = fieldsOf(has.content);
  const changed = Object.entries(fieldsOf(had.content)).flatMap(([mediaType, content]) =>
    mediaType in contents
      ? schemas.breaks(fieldsOf(content).schema, fieldsOf(contents[mediaType]).schema, 'sent', `${at} body`)
      : [`${at} takes no body of ${mediaType} any more`],
  );
  return has.required === true && had.required !== true ? [`${at} needs a body now`, ...changed] : changed;
}

function responseBreaks({ before, after, schemas }: ComparedApis, was: Json, is: Json, at: string): string[] {
  const has = fieldsOf(fieldsOf(is).responses);
  return Object.entries(fieldsOf(fieldsOf(was).responses)).flatMap(([status, response]) => {
    if (!(status in has)) return [`${at} answers no ${status} any more`];
    const [then, now] = [resolved(before, response), resolved(after, has[status])];
    const headers = Object.entries(fieldsOf(then.headers)).flatMap(([name, header]) => {
      const isGone = !(name in fieldsOf(now.headers));
      const wasSure = resolved(before, header).required === true;
      const isSure = resolved(after, fieldsOf(now.headers)[name]).required === true;
      if (isGone) return [`${at} ${status} has no header ${name} any more`];
      return wasSure && !isSure ? [`${at} ${status} may lack the header ${name} now`] : [];
    });
    const contents = fieldsOf(now.content);
    const bodies = Object.entries(fieldsOf(then.content)).flatMap(([mediaType, content]) =>
      mediaType in contents
        ? schemas.breaks(
            fieldsOf(content).schema,
            fieldsOf(contents[mediaType]).schema,
            'received',
            `${at} ${status}`,
          )
        : [`${at} ${status} is no ${mediaType} any more`],
    );
    return [...headers, ...bodies];
  });
}

/**
 * Whom an operation asks for a token, and which roles. Where both documents list all roles that may call, the lists
 * are compared: the scope names the lowest of them alone. Whoever could not call before breaks a promise as well: that
 * made to those who run the shop.
 */
function securityBreaks(was: Json, is: Json, at: string): string[] {
  const [had, has] = [was, is].map((operation) => listOf(fieldsOf(operation)['x-roles']).map(said));
  const areListed = had!.length > 0 && has!.length > 0;
  const demands = (operation: Json): string[] =>
    listOf(fieldsOf(operation).security).flatMap((demand) =>
      Object.entries(fieldsOf(demand)).flatMap(([scheme, roles]) => [
        scheme,
        ...(areListed ? [] : listOf(roles).map(said)),
      ]),
    );
  const known = demands(was);
  return [
    ...demands(is)
      .filter((demand) => !known.includes(demand))
      .map((demand) => `${at} is for ${demand} only now`),
    ...(areListed ? had!.filter((role) => !has!.includes(role)) : []).map(
      (role) => `${at} is not for ${role} any more`,
    ),
    ...(areListed ? has!.filter((role) => !had!.includes(role)) : []).map(
      (role) => `${at} is for ${role} too now`,
    ),
    ...(known.length > 0 && demands(is).length === 0 ? [`${at} is for anybody now`] : []),
  ];
}

function operationBreaks(versions: ComparedApis, was: Json, is: Json, at: string): string[] {
  const [name, newName] = [fieldsOf(was).operationId, fieldsOf(is).operationId];
  return [
    ...(name === newName ? [] : [`${at} is called ${said(newName)} now, and was called ${said(name)}`]),
    ...securityBreaks(was, is, at),
    ...parameterBreaks(versions, was, is, at),
    ...bodyBreaks(versions, was, is, at),
    ...responseBreaks(versions, was, is, at),
  ];
}

/**
 * Finds what a client written for the earlier of two OpenAPI documents can no longer rely on. More paths, more
 * optional parameters and fields, more values and kinds of answers break nothing.
 */
export function apiBreaks(before: JsonObject, after: JsonObject): string[] {
  const versions = { before, after, schemas: new SchemaComparison(before, after) };
  const paths = fieldsOf(after.paths);
  return Object.entries(fieldsOf(before.paths)).flatMap(([path, methods]) =>
    METHODS.filter((method) => method in fieldsOf(methods)).flatMap((method) => {
      const at = `${method.toUpperCase()} ${path}`;
      const is = fieldsOf(paths[path])[method];
      if (is === undefined) return [`${at} is gone`];
      return operationBreaks(versions, fieldsOf(methods)[method]!, is, at);
    }),
  );
}
