/** SQL of the first id that can be made at a time (`firstIdAt` in SQL): ids begin with the milliseconds of their making. */
export const firstIdSql = (at: string): string =>
  `(lpad(to_hex((date_part('epoch', ${at}) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`;
