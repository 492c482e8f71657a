import { SERVICES } from './load.js';
import type { ServiceName } from './figures.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A drawing of the shop, made by hand: where everything stands, in its own units. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly broker: Box;
  readonly isBrokerUpright: boolean;
  readonly services: Readonly<Record<ServiceName, Box>>;
  /** The databases, beside their services. */
  readonly databases: Readonly<Record<ServiceName, Box>>;
  /** From the broker to each service, and on to its database. */
  readonly edges: Readonly<Record<ServiceName, { readonly toBroker: string; readonly toDatabase: string }>>;
  /** Where the depth of each service's queues is written. */
  readonly depths: Readonly<Record<ServiceName, { readonly x: number; readonly y: number }>>;
}

function ofEach<T>(make: (service: ServiceName, index: number) => T): Record<ServiceName, T> {
  return Object.fromEntries(
    SERVICES.map((service, index) => [service, make(service, index)]),
  ) as unknown as Record<ServiceName, T>;
}

const HEIGHT = 58;

/** The gateway above the broker, the others below it in the order in which an order goes through them. */
function wide(): Layout {
  const [width, half] = [1_000, 85];
  const middleOf = (index: number) => (index === 0 ? width / 2 : 102 + (index - 1) * 199);
  const services = ofEach((_, index) => ({
    x: middleOf(index) - half,
    y: index === 0 ? 8 : 222,
    width: 2 * half,
    height: HEIGHT,
  }));
  return {
    width,
    height: 386,
    broker: { x: 17, y: 124, width: width - 34, height: 36 },
    isBrokerUpright: false,
    services,
    databases: ofEach((_, index) =>
      index === 0
        ? { x: 650, y: 15, width: 92, height: 44 }
        : { x: middleOf(index) - 46, y: 334, width: 92, height: 44 },
    ),
    edges: ofEach((_, index) => {
      const x = middleOf(index);
      return index === 0
        ? { toBroker: `M${x} 66V124`, toDatabase: `M${x + half} 37H650` }
        : { toBroker: `M${x} 160V222`, toDatabase: `M${x} 280V334` };
    }),
    depths: ofEach((_, index) => ({ x: middleOf(index) + 10, y: index === 0 ? 99 : 195 })),
  };
}

/** The same from left to right, for windows that are higher than wide. */
function narrow(): Layout {
  const yOf = (index: number) => 8 + index * 84;
  return {
    width: 360,
    height: 8 + 6 * 84,
    broker: { x: 4, y: 8, width: 34, height: 5 * 84 + HEIGHT },
    isBrokerUpright: true,
    services: ofEach((_, index) => ({ x: 96, y: yOf(index), width: 158, height: HEIGHT })),
    databases: ofEach((_, index) => ({ x: 276, y: yOf(index) + 8, width: 82, height: 42 })),
    edges: ofEach((_, index) => {
      const y = yOf(index) + HEIGHT / 2;
      return { toBroker: `M38 ${y}H96`, toDatabase: `M254 ${y}H276` };
    }),
    depths: ofEach((_, index) => ({ x: 44, y: yOf(index) + HEIGHT / 2 - 9 })),
  };
}

export const WIDE = wide();
export const NARROW = narrow();
