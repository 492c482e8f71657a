import { startProxyTo, type TcpProxy } from '@jangteo/infra';
import type { Servers, Service } from '@jangteo/tools';

/** The two servers of a service, each reached by a link of its own. */
export const SERVERS = ['database', 'broker'] as const;
export type Server = (typeof SERVERS)[number];

/** The ways of every service to its database and to the broker, each of which can be broken by itself. */
export class Links {
  readonly #proxies = new Map<string, TcpProxy>();

  /** Puts a proxy before each of a service's servers. */
  async route(service: Service, { databaseUrl, amqpUrl }: Servers): Promise<Servers> {
    const [database, broker] = await Promise.all([startProxyTo(databaseUrl), startProxyTo(amqpUrl)]);
    this.#proxies.set(`${service}/database`, database.proxy);
    this.#proxies.set(`${service}/broker`, broker.proxy);
    return { databaseUrl: database.url, amqpUrl: broker.url };
  }

  /** @throws Error for a service that was not routed */
  of(service: Service, server: Server): TcpProxy {
    const proxy = this.#proxies.get(`${service}/${server}`);
    if (proxy === undefined) throw new Error(`There is no link from ${service} to its ${server}`);
    return proxy;
  }

  /** Lets everything through again. */
  heal(): void {
    for (const proxy of this.#proxies.values()) {
      proxy.hole(false);
      proxy.dropAnswers(false);
      proxy.refuse(false);
    }
  }

  async close(): Promise<void> {
    this.heal();
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.close()));
  }
}
