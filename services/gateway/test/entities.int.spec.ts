import { describe, expect, it } from '@jest/globals';
import { differencesOfMigrated } from '@jangteo/testkit';
import * as subjects from '../src/gateway.entities.js';
import { migrations } from '../src/migrations/index.js';

describe('the entities of gateway', () => {
  it('declare what its migrations make, but for what TypeORM cannot say', async () => {
    const declared = Object.values(subjects).flatMap((subject) => Object.values(subject));
    expect(await differencesOfMigrated('gateway', migrations, declared)).toEqual({
      onlyDeclared: [],
      onlyMigrated: [
        // Their expressions and collations.
        'CREATE INDEX admin_log_of_user ON admin_log USING btree (((user_id)::text), at, entry_id) WHERE (user_id IS NOT NULL)',
        `CREATE INDEX users_by_email ON users USING btree ((((role || ' '::text) || state)), email COLLATE "C")`,
        `CREATE INDEX users_by_name ON users USING btree ((((state || ' '::text) || role)), lower(name) COLLATE "C", user_id)`,
      ],
    });
  });
});
