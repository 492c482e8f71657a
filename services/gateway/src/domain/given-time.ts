/** To the minute, seconds and their fraction, and an offset: RFC 3339's, or without its colon as `strftime` writes it. */
const WITH_OFFSET = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d+)?)([+-])([01]\d|2[0-3]):?([0-5]\d)$/;

/** As a time arrives of whose offset the `+` stood in a query as it is. */
const WITHOUT_PLUS = /:\d\d(?:\.\d+)? \d\d:?\d\d$/;

const MINUTE_MS = 60_000;

/**
 * The moment of a time with an offset as one in UTC, with the digits that it had. What has no offset, or is no time, is
 * left as it is: text in UTC is part of fingerprints that are stored already. A year out of four digits has a sign.
 */
export function inUtc(text: string): string {
  const [, minute = '', seconds = '', sign = '', hours, minutes] = WITH_OFFSET.exec(text) ?? [];
  const localMs = Date.parse(`${minute}Z`);
  // There is no 30 February, which would be read as 2 March.
  if (Number.isNaN(localMs) || !new Date(localMs).toISOString().startsWith(minute)) return text;
  const offsetMs = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  return new Date(localMs - offsetMs).toISOString().replace(':00.000Z', `${seconds}Z`);
}

/** Says what is wrong with a time from a client where that is not plain from the time; `undefined` where it is. */
export function timeFlawOf(text: string): string | undefined {
  if (WITHOUT_PLUS.test(text)) {
    const message = 'has a space for the + of its offset, which a query has as %2B';
    return message;
  }
  if (!/^[+-]/.test(inUtc(text))) return undefined;
  const message = 'must be of the years 0001 to 9999, in UTC';
  return message;
}
