import { describe, expect, it } from '@jest/globals';
import { BOOK_ENTITIES } from '@jangteo/database';
import { DeadLetterEntity, DeadLetterGroupEntity } from '@jangteo/service';
import { differencesOfMigrated } from '@jangteo/testkit';
import * as rankings from '../src/ranking.entities.js';
import { migrations } from '../src/migrations/index.js';

describe('the entities of ranking', () => {
  it('declare what its migrations make, but for what TypeORM cannot say', async () => {
    const declared = [...Object.values(rankings), ...BOOK_ENTITIES, DeadLetterEntity, DeadLetterGroupEntity];
    expect(await differencesOfMigrated('ranking', migrations, declared)).toEqual({
      onlyDeclared: [],
      onlyMigrated: [],
    });
  });
});
