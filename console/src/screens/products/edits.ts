import type { Product, ProductChange } from '@jangteo/client';
import type { Fields } from '../../ui/fields.js';

/** Fields of a product that are edited together. */
export const EDITED = ['name', 'price', 'category', 'description', 'imageUrl'] as const;
export type EditedField = (typeof EDITED)[number];

/** A value as it stands in a form; empty where the product has none. */
export const textOf = (product: Product, field: EditedField): string => String(product[field] ?? '');

/** What a form changes of the product that it was filled with; what can be left out is taken away by an empty field. */
export function changeOf(product: Product, fields: Fields): ProductChange {
  const changed = EDITED.filter((field) => (fields[field] ?? '').trim() !== textOf(product, field));
  return Object.fromEntries(
    changed.map((field) => {
      const text = (fields[field] ?? '').trim();
      if (field === 'price') return [field, Number(text)];
      return [field, text === '' && field !== 'name' ? null : text];
    }),
  ) as ProductChange;
}

/** A field that two people have changed, each to another value. */
export interface Conflict {
  readonly field: EditedField;
  readonly mine: string;
  readonly theirs: string;
}

/**
 * What somebody else has made of the fields that the form changes.
 *
 * @param old as the form was filled
 * @param now as it is by now
 */
export function conflictsOf(old: Product, now: Product, fields: Fields): Conflict[] {
  const mine = new Set(Object.keys(changeOf(old, fields)));
  return EDITED.filter((field) => mine.has(field) && textOf(old, field) !== textOf(now, field))
    .map((field) => ({ field, mine: (fields[field] ?? '').trim(), theirs: textOf(now, field) }))
    .filter((conflict) => conflict.mine !== conflict.theirs);
}

/** The form as it is sent again: what was not changed in it is as others have left it, and so is what was given up. */
export function mergedFields(
  old: Product,
  now: Product,
  fields: Fields,
  givenUp: ReadonlySet<string>,
): Record<string, string> {
  const mine = new Set(Object.keys(changeOf(old, fields)));
  return Object.fromEntries(
    EDITED.map((field) => [
      field,
      mine.has(field) && !givenUp.has(field) ? (fields[field] ?? '') : textOf(now, field),
    ]),
  );
}
