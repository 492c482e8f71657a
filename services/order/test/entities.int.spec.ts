import { describe, expect, it } from '@jest/globals';
import { BOOK_ENTITIES, OutcomeEntity } from '@jangteo/database';
import { DeadLetterEntity, DeadLetterGroupEntity } from '@jangteo/service';
import { differencesOfMigrated } from '@jangteo/testkit';
import { migrations } from '../src/migrations/index.js';
import * as subjects from '../src/order.entities.js';

describe('the entities of order', () => {
  it('declare what its migrations make, but for what TypeORM cannot say', async () => {
    const declared = [
      ...Object.values(subjects).flatMap((subject) => Object.values(subject)),
      ...BOOK_ENTITIES,
      OutcomeEntity,
      DeadLetterEntity,
      DeadLetterGroupEntity,
    ];
    expect(await differencesOfMigrated('order', migrations, declared)).toEqual({
      onlyDeclared: [],
      onlyMigrated: [
        // Its expression.
        `CREATE INDEX outcomes_by_client_key ON outcomes USING btree (substr(key, (38 + strpos(substr(key, 38), '/'::text)))) WHERE (fingerprint <> ''::text)`,
      ],
    });
  });
});
