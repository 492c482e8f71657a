import type { AnyService } from '@jangteo/contracts';
import type { Credentials } from './shop-client.js';

/** A shop in the containers of a compose project. */
export interface RunningShop {
  readonly project: string;
  /** The base URL for customers. */
  readonly url: string;
  /** The base URL for operators. */
  readonly opsUrl: string;
  readonly admin: Credentials;
  /** Of the owner of each service's database. */
  readonly databaseUrls: Readonly<Record<AnyService, string>>;
  /** Of a user that may look at every queue. */
  readonly amqpUrl: string;
}
