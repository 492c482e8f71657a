import { describe, expect, it } from '@jest/globals';
import { permissionsPage, writtenPermissionsPage } from './permissions-page.js';

describe('docs/permissions.md', () => {
  it('says what the contracts say: npm run docs writes it', async () => {
    expect(await writtenPermissionsPage()).toBe(permissionsPage());
  });
});
