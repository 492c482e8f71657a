/** Names of fields that nobody is to read who only looks. The path that is told is that of a link, with its token. */
const SECRET = /token|secret|passw|credential|hash|api-?key$|^key$|^path$|^paymentMethod$|e-?mail/i;

/** What stands for the value of a field that is not shown. */
export const MASK = '***';

/** A name or a text, ended or cut, and what stands behind it as the value of a field; it passes each text once. */
const FIELD = /("(?:[^"\\]|\\[^])*(?:"|\\?$))(?:(\s*:\s*)("(?:[^"\\]|\\[^])*(?:"|\\?$)|[^\s,:{}[\]"]+))?/g;

export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

/**
 * JSON as it may be shown: without the values of fields with secret names, at any depth. What is no JSON, is its
 * beginning alone, or would be written otherwise anew (of numbers that JavaScript cannot hold) stays letter by letter
 * but for single values.
 */
export function maskedJson(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (JSON.stringify(value) === text) {
      return JSON.stringify(value, (name, field: unknown) => (isSecretName(name) ? MASK : field));
    }
  } catch {
    // No JSON, or nested deeper than can be written down.
  }
  return text.replaceAll(FIELD, (all, name: string, colon?: string) =>
    colon !== undefined && isSecretName(spelled(name)) ? `${name}${colon}"${MASK}"` : all,
  );
}

/** A name as it is meant, however it is escaped. */
function spelled(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}
