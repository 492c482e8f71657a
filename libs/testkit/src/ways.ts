import { startProxyTo, type TcpProxy } from '@jangteo/infra';

/** The ways from one service to its servers, each of which can be broken at will. */
export interface Ways {
  readonly database: TcpProxy;
  readonly broker: TcpProxy;
  /** The environment in which the service takes them. */
  readonly env: { readonly DATABASE_URL: string; readonly AMQP_URL: string };
  close(): Promise<void>;
}

/** Puts a proxy of its own in front of a service's database, and another one in front of the broker. */
export async function waysFor({ DATABASE_URL = '', AMQP_URL = '' }: Record<string, string>): Promise<Ways> {
  const database = await startProxyTo(DATABASE_URL);
  const broker = await startProxyTo(AMQP_URL);
  return {
    database: database.proxy,
    broker: broker.proxy,
    env: { DATABASE_URL: database.url, AMQP_URL: broker.url },
    async close() {
      await database.proxy.close();
      await broker.proxy.close();
    },
  };
}
