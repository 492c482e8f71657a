import { describe, expect, it } from '@jest/globals';
import { BOOK_ENTITIES, OutcomeEntity } from '@jangteo/database';
import { DeadLetterEntity, DeadLetterGroupEntity } from '@jangteo/service';
import { differencesOfMigrated } from '@jangteo/testkit';
import * as coupons from '../src/coupon.entities.js';
import { migrations } from '../src/migrations/index.js';

describe('the entities of coupon', () => {
  it('declare what its migrations make, but for what TypeORM cannot say', async () => {
    const declared = [
      ...Object.values(coupons),
      ...BOOK_ENTITIES,
      OutcomeEntity,
      DeadLetterEntity,
      DeadLetterGroupEntity,
    ];
    expect(await differencesOfMigrated('coupon', migrations, declared)).toEqual({
      onlyDeclared: [],
      onlyMigrated: [
        // Its expression.
        `CREATE INDEX outcomes_by_client_key ON outcomes USING btree (substr(key, (38 + strpos(substr(key, 38), '/'::text)))) WHERE (fingerprint <> ''::text)`,
        // Its order.
        'CREATE INDEX user_coupons_newest ON user_coupons USING btree (user_id, issued_at DESC, user_coupon_id DESC)',
      ],
    });
  });
});
