/** The fields of a form that was sent, by their names. */
export type Fields = Readonly<Record<string, string>>;

/** What was written in a form: lines end as the API has them end, where some browsers write `\r\n`. */
export const fieldsOf = (data: FormData): Fields =>
  Object.fromEntries([...data].map(([name, text]) => [name, (text as string).replaceAll('\r\n', '\n')]));
