const OPERATIONS = /^\/(health|metrics)(\/|\?|$)/;

/**
 * What operators ask, often and from one address; it must be answered above all under load.
 *
 * @param url as the client sent it, with or without a query
 */
export function isOfOperators(url: string): boolean {
  return OPERATIONS.test(url);
}
