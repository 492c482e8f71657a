/** The differences of one service from the others: all that they have in common follows from its name. */
export interface ServiceDeclaration {
  /** Variables of the environment that no other service is given: secrets, and where its own data go. */
  readonly own?: readonly string[];
  /** The port of metrics and health, where they must not be seen at the port of clients. */
  readonly opsPort?: number;
}

/**
 * The services of the shop, in the order in which they are started; the gateway is what clients talk to, so it is the
 * first to be stopped. Whatever lists services is made from this: by import, or by `npm run manifests`
 * (`tools/src/manifests/lists.ts`). The rest is compared with it by `tools/src/services.spec.ts`.
 */
export const SHOP = {
  wallet: { own: ['STRIPE_SECRET_KEY'] },
  catalog: {},
  coupon: {},
  order: { own: ['DATA_PLATFORM_URL', 'DATA_PLATFORM_SECRET'] },
  ranking: {},
  gateway: { own: ['TOKEN_PRIVATE_KEY', 'ADMIN_EMAIL', 'ADMIN_PASSWORD'], opsPort: 3_010 },
} as const satisfies Readonly<Record<string, ServiceDeclaration>>;

export type AnyService = keyof typeof SHOP;

/** A service that is asked by messages; the gateway only asks. */
export type ServiceName = Exclude<AnyService, 'gateway'>;

export const ALL_SERVICES = Object.keys(SHOP) as readonly AnyService[];

export const SERVICES: readonly ServiceName[] = ALL_SERVICES.filter((service) => service !== 'gateway');

/** A service's declaration, typed with every property that one can have. */
export function declarationOf(service: AnyService): ServiceDeclaration {
  return SHOP[service];
}

/** The port of every service, in a container of its own. */
export const SERVICE_PORT = 3_000;

/** The name of a service's database, of that database's owner, and of its user on the broker. */
export function accountOf(service: AnyService): string {
  return `jangteo_${service}`;
}
