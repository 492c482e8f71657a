import { describe, expect, it } from '@jest/globals';
import { BOOK_ENTITIES, OutcomeEntity } from '@jangteo/database';
import { DeadLetterEntity, DeadLetterGroupEntity } from '@jangteo/service';
import { differencesOfMigrated } from '@jangteo/testkit';
import * as products from '../src/catalog.entities.js';
import { migrations } from '../src/migrations/index.js';

describe('the entities of catalog', () => {
  it('declare what its migrations make, but for what TypeORM cannot say', async () => {
    const declared = [
      ...Object.values(products),
      ...BOOK_ENTITIES,
      OutcomeEntity,
      DeadLetterEntity,
      DeadLetterGroupEntity,
    ];
    expect(await differencesOfMigrated('catalog', migrations, declared)).toEqual({
      onlyDeclared: [],
      onlyMigrated: [
        // Their expressions and collations, and what one of them includes.
        `CREATE INDEX outcomes_by_client_key ON outcomes USING btree (substr(key, (38 + strpos(substr(key, 38), '/'::text)))) WHERE (fingerprint <> ''::text)`,
        'CREATE INDEX products_by_grams ON products USING gin (name_grams(name)) WITH (fastupdate=off)',
        'CREATE INDEX products_by_name ON products USING btree (status, name_order(name) COLLATE "C", product_id)',
        `CREATE INDEX products_in_category_by_name ON products USING btree (category, name_order(name) COLLATE "C", product_id) WHERE (status = 'SELLABLE'::text)`,
        `CREATE INDEX products_sellable ON products USING btree (product_id) INCLUDE (version) WHERE (status = 'SELLABLE'::text)`,
        'CREATE INDEX stock_movements_newest ON stock_movements USING btree (option_id, created_at, ((md5(operation_key))::uuid))',
      ],
    });
  });
});
