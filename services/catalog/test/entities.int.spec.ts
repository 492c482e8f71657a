import { describe, expect, it } from '@jest/globals';
import { BOOK_ENTITIES, OutcomeEntity } from '@jangteo/database';
import { DeadLetterEntity } from '@jangteo/service';
import { differencesOfMigrated } from '@jangteo/testkit';
import * as products from '../src/catalog.entities.js';
import { migrations } from '../src/migrations/index.js';

describe('the entities of catalog', () => {
  it('declare what its migrations make, but for what TypeORM cannot say', async () => {
    const declared = [...Object.values(products), ...BOOK_ENTITIES, OutcomeEntity, DeadLetterEntity];
    expect(await differencesOfMigrated('catalog', migrations, declared)).toEqual({
      onlyDeclared: [],
      onlyMigrated: [
        // What it includes.
        `CREATE INDEX products_sellable ON products USING btree (product_id) INCLUDE (version) WHERE (status = 'SELLABLE'::text)`,
      ],
    });
  });
});
