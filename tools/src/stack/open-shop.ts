import type { Accounts } from '@jangteo/testkit';
import type { LocalSecrets } from '../secrets.js';
import type { Service } from '../services.js';

/** A shop in which customers can shop and whose books can be compared with what they were told, wherever it runs. */
export interface OpenShop extends Accounts {
  /** Addresses for customers, one a replica of the gateway. */
  readonly urls: readonly string[];
  /** The key with which tokens are made for customers that never logged in. */
  readonly secrets: Pick<LocalSecrets, 'tokenPrivateKey'>;
  /** Of the owner of a service's database. */
  databaseUrlOf(service: Service): string;
}
