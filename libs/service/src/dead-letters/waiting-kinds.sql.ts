import { COUNTED_MAX } from '@jangteo/contracts';

const KIND = 'queue, type, reason, is_sendable';

/** Types are others' words: whoever sends more of them than this has others left out. */
const KINDS_MAX = 1_000;

/**
 * For WITH RECURSIVE: waiting dead letters by kind, each of them found by one step through `dead_letters_alike`,
 * however many are of that kind.
 */
export const KINDS = `kinds AS (
    (SELECT ${KIND}, 1 AS nth FROM dead_letters WHERE state = 'WAITING' ORDER BY ${KIND} LIMIT 1)
    UNION ALL
    SELECT following.*, nth + 1 FROM kinds CROSS JOIN LATERAL (
      SELECT ${KIND} FROM dead_letters
      WHERE state = 'WAITING' AND (${KIND}) > (kinds.queue, kinds.type, kinds.reason, kinds.is_sendable)
      ORDER BY ${KIND} LIMIT 1
    ) AS following WHERE nth < ${KINDS_MAX}
  )`;

/** Those of the row of `kinds`. */
export const OF_KIND = `FROM dead_letters AS its
    WHERE its.state = 'WAITING' AND its.queue = kinds.queue AND its.type = kinds.type
      AND its.reason = kinds.reason AND its.is_sendable = kinds.is_sendable`;

/** How many there are of the row of `kinds`, up to {@link COUNTED_MAX}. */
export const countOfKind = (condition = ''): string =>
  `(SELECT count(*) FROM (SELECT ${OF_KIND} ${condition} LIMIT ${COUNTED_MAX}) AS counted)`;
