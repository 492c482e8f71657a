/** What the API's `find` has found. */
interface Found {
  readonly kind: string;
  readonly id: string;
  /** Where the API has it, or what it belongs to. */
  readonly href: string;
}

/** Of the last part of a path, before a query: `/admin/users/7` is of 7. */
const ownerIn = (href: string, path: string): string | undefined => {
  const [, id] = href.split('?', 1)[0]!.split(path);
  return id === undefined || id === '' ? undefined : id.split('/')[0];
};

export const queryIn = (href: string): URLSearchParams => new URLSearchParams(href.split('?')[1]);

const under = (page: string, owner: string | undefined): string | undefined => owner && `${page}/${owner}`;

const PAGES: Readonly<Record<string, (found: Found) => string | undefined>> = {
  order: ({ id }) => `/orders/${id}`,
  user: ({ id }) => `/customers/${id}`,
  product: ({ id }) => `/products/${id}`,
  coupon: ({ id }) => `/coupons/${id}`,
  option: ({ href }) => under('/products', ownerIn(href, '/products/')),
  userCoupon: ({ href }) => under('/coupons', ownerIn(href, '/admin/coupons/')),
  charge: ({ href }) => under('/customers', ownerIn(href, '/admin/users/')),
  deadLetter: ({ id }) => `/failed?letter=${id}`,
  operation: ({ id }) => `/failed?operation=${id}`,
  audit: ({ id }) => `/books?audit=${id}`,
  // Among what its actor did at that moment: it is not among the newest for ever.
  logEntry: ({ id, href }) => `/log?${new URLSearchParams([...queryIn(href), ['entry', id]]).toString()}`,
};

/** The page that shows what was found, or what it belongs to; undefined where no page of the console does. */
export const pageOf = (found: Found): string | undefined => PAGES[found.kind]?.(found);
