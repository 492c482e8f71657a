import { generateKeyPairSync } from 'node:crypto';

/** The admin that a shop for tests is started with. */
export const ADMIN = { email: 'admin@example.com', password: 'admin password 1' };

/** The variables that the gateway cannot do without: an admin, and tokens that are still good after a restart. */
export function gatewayEnvironment(): Record<string, string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    TOKEN_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
