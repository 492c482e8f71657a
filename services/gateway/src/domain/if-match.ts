import { done, refuseField, type Outcome } from '@jangteo/contracts';

/** RFC 9110, section 8.8.3: what it calls an opaque tag, weak or not. */
const TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

/**
 * A tag as we make it of a version. A weak one is taken for it as well, which RFC 9110 does not (13.1.1): a proxy that
 * compresses an answer makes its tag weak, as its bytes are others, and a client could never change what it has read
 * through one. Ours is the version of a row, the same however the answer is encoded.
 */
const OURS = /^(?:W\/)?"([1-9]\d{0,15})"$/;

const TAGS_MAX = 20;

/** The ETag of a version. */
export function tagOf(version: number): string {
  return `"${version}"`;
}

/**
 * Reads an If-Match header.
 *
 * @returns the versions of which one must be there: none of them where no tag is one of ours, and `undefined` where any
 *          will do; VALIDATION_FAILED for what is no list of tags
 */
export function versionsOf(header: string | undefined): Outcome<number[] | undefined, 'VALIDATION_FAILED'> {
  const text = header?.trim();
  if (text === undefined || text === '*') return done(undefined);
  const tags = text.split(',').map((tag) => tag.trim());
  if (tags.length > TAGS_MAX || !tags.every((tag) => TAG.test(tag))) {
    return refuseField('If-Match', 'must be entity tags, as an ETag says them');
  }
  const versions = tags.flatMap((tag) => OURS.exec(tag)?.[1] ?? []).map(Number);
  return done(versions.filter(Number.isSafeInteger));
}
