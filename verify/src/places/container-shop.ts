import { connectToBroker, countQueues, readOnlyDatabase, type RunningShop } from '@jangteo/testkit';
import { type LocalSecrets, type OpenShop, type Service, services } from '@jangteo/tools';

/** The shop of a compose project as customers and auditors find it. */
export class ContainerShop implements OpenShop {
  readonly urls: readonly string[];
  readonly #books;

  constructor(
    private readonly shop: RunningShop,
    readonly secrets: LocalSecrets,
  ) {
    this.urls = [shop.url];
    this.#books = new Map(services.map((one) => [one, readOnlyDatabase(shop.databaseUrls[one])]));
  }

  databaseUrlOf(service: Service): string {
    return this.shop.databaseUrls[service];
  }

  async sql<R extends object>(service: Service, text: string): Promise<R[]> {
    const books = this.#books.get(service);
    if (books === undefined) throw new Error(`The shop has no ${service}`);
    return await books.rows<R>(text, []);
  }

  async queueCounts(): Promise<Record<string, number>> {
    const connection = await connectToBroker(this.shop.amqpUrl);
    try {
      return await countQueues(connection, 'jangteo');
    } finally {
      await connection.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#books.values()].map((books) => books.close()));
  }
}
