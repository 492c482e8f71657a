/** Of the driver, what those need who write a query of their own (as pg-cursor does), and its types leave out. */
declare module 'pg/lib/utils.js' {
  const utils: {
    /** A value as a parameter: text, bytes or null. @throws Error for what has no such form */
    prepareValue(value: unknown): string | Buffer | null;
  };
  export default utils;
}
