/** Ids and figures in a message, which would make two of a kind look different. */
const PARTICULARS = /[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g;
const LEVELS = new Set(['warn', 'error', 'fatal']);

/** The warnings and errors in a service's log, one a line, without what is particular to each. */
export function complaintsIn(service: string, log: string): string[] {
  return log.split('\n').flatMap((line) => {
    try {
      const { level = '', msg = '', context } = JSON.parse(line) as Readonly<Record<string, string>>;
      if (!LEVELS.has(level)) return [];
      const where = context === undefined ? service : `${service}, ${context}`;
      return [`${level} of ${where}: ${msg.replaceAll(PARTICULARS, '…')}`];
    } catch {
      // Node's own words are no JSON, such as the trace of a crash; the end of the process tells of that.
      return [];
    }
  });
}
