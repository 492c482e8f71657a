import { fieldsOf, resolved, SchemaComparison, type Json, type JsonObject } from './schema-comparison.js';

/** The extension that carries the version of a message's schema. */
export const SCHEMA_VERSION = 'x-schema-version';

/** Finds channels that services of the earlier and of the later document cannot use together. */
function channelBreaks(before: JsonObject, after: JsonObject): string[] {
  const channels = fieldsOf(after.channels);
  return Object.entries(fieldsOf(before.channels)).flatMap(([name, channel]) => {
    if (!(name in channels)) return [`the channel ${name} is gone`];
    const [was, is] = [fieldsOf(channel), fieldsOf(channels[name])];
    // The broker refuses what exists already with other properties.
    const changed = ['address', 'bindings'].filter(
      (part) => JSON.stringify(was[part]) !== JSON.stringify(is[part]),
    );
    const lost = Object.keys(fieldsOf(was.messages)).filter((message) => !(message in fieldsOf(is.messages)));
    return [
      ...changed.map((part) => `the channel ${name} has other ${part}`),
      ...lost.map((message) => `the channel ${name} carries no ${message} any more`),
    ];
  });
}

/**
 * Finds what services made for the earlier of two AsyncAPI documents and for the later one cannot do together.
 * While an upgrade runs, messages go both ways between old and new, so a payload must please both: an enum may
 * neither lose values nor, unless its readers bear what they do not know, get more. A message whose schema version
 * was raised is another message.
 */
export function messageBreaks(before: JsonObject, after: JsonObject): string[] {
  const schemas = new SchemaComparison(before, after, true);
  const messagesOf = (document: JsonObject): Record<string, Json> =>
    fieldsOf(fieldsOf(document.components).messages);
  const messages = messagesOf(after);
  const changed = Object.entries(messagesOf(before)).flatMap(([name, message]) => {
    if (!(name in messages)) return [`${name} is gone`];
    const [was, is] = [resolved(before, message), resolved(after, messages[name])];
    if (was[SCHEMA_VERSION] !== is[SCHEMA_VERSION]) return [];
    return (['payload', 'headers'] as const).flatMap((part) => [
      ...schemas.breaks(was[part], is[part], 'sent', `${name} ${part}`),
      ...schemas.breaks(was[part], is[part], 'received', `${name} ${part}`),
    ]);
  });
  return [...new Set([...channelBreaks(before, after), ...changed])];
}
