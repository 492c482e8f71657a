/**
 * The nodes of a broker's cluster that `AMQP_URL` names: one, or several separated by commas. A comma in a password
 * is written as %2C.
 */
export function nodesOf(amqpUrl: string): string[] {
  return amqpUrl.split(',').map((url) => url.trim());
}
