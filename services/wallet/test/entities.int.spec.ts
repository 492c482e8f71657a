import { describe, expect, it } from '@jest/globals';
import { BOOK_ENTITIES, OutcomeEntity } from '@jangteo/database';
import { DeadLetterEntity, DeadLetterGroupEntity } from '@jangteo/service';
import { differencesOfMigrated } from '@jangteo/testkit';
import * as wallets from '../src/wallet.entities.js';
import { migrations } from '../src/migrations/index.js';

describe('the entities of wallet', () => {
  it('declare what its migrations make, but for what TypeORM cannot say', async () => {
    const declared = [
      ...Object.values(wallets),
      ...BOOK_ENTITIES,
      OutcomeEntity,
      DeadLetterEntity,
      DeadLetterGroupEntity,
    ];
    expect(await differencesOfMigrated('wallet', migrations, declared)).toEqual({
      onlyDeclared: [],
      onlyMigrated: [
        // Its expression.
        `CREATE INDEX outcomes_by_client_key ON outcomes USING btree (substr(key, (38 + strpos(substr(key, 38), '/'::text)))) WHERE (fingerprint <> ''::text)`,
      ],
    });
  });
});
