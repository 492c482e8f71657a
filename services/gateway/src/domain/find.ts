import { FOUND_KINDS, type FoundThing, type ServiceName } from '@jangteo/contracts';

/** Kinds of things that can be found: those of the services, and what the gateway keeps itself. */
export const LINKED_KINDS = [...FOUND_KINDS, 'logEntry', 'audit', 'operation'] as const;

/** Something that was found, and the path at which it is read. */
export interface LinkedThing {
  readonly kind: (typeof LINKED_KINDS)[number];
  readonly id: string;
  readonly title: string;
  readonly href: string;
}

/** Paths for viewers. What has no path of its own is read in what it belongs to. */
const HREFS: Readonly<Record<FoundThing['kind'], (thing: FoundThing, service: ServiceName) => string>> = {
  order: ({ id }) => `/orders/${id}/timeline`,
  user: ({ id }) => `/admin/users/${id}`,
  product: ({ id }) => `/products/${id}`,
  option: ({ id, of = id }) => `/products/${of}`,
  coupon: ({ id }) => `/coupons/${id}`,
  userCoupon: ({ id, of = id }) => `/admin/coupons/${of}/issues`,
  charge: ({ id, of = id }) => `/admin/users/${of}`,
  deadLetter: ({ id }, service) => `/admin/dead-letters/${service}/${id}`,
};

/** Gives what a service has found its path. */
export function linked(thing: FoundThing, service: ServiceName): LinkedThing {
  const { kind, id, title } = thing;
  return { kind, id, title, href: HREFS[kind](thing, service) };
}

/** The path of an entry of the admin log, which is read among what its actor did at that moment. */
export function entryHref({ actorId, at }: { readonly actorId: string; readonly at: Date }): string {
  const to = new Date(at.getTime() + 1);
  const query = new URLSearchParams({ actorId, from: at.toISOString(), to: to.toISOString() });
  return `/admin/log?${query.toString()}`;
}

/** Joins what was found in several places: each thing once, by the first of its titles. */
export function joined(found: readonly LinkedThing[]): LinkedThing[] {
  const things = new Map<string, LinkedThing>();
  for (const thing of found) {
    const key = `${thing.kind} ${thing.id}`;
    if (!things.has(key)) things.set(key, thing);
  }
  return [...things.values()];
}
