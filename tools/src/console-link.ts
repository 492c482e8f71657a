import { asAdmin, type AdminAccess } from './admin.js';

/** How long one is good is the gateway's rule; this says it to people. */
const GOOD_FOR = 'good once, for five minutes';

/** @returns the console's address with what to know of it; `undefined` where there is no console */
export async function consoleAt(access: AdminAccess): Promise<string | undefined> {
  const home = `${access.url}/console/`;
  const page = await fetch(home).catch(() => undefined);
  if (page?.ok !== true) return undefined;
  try {
    const { address } = await asAdmin(access, (shop) => shop.auth.consoleLink(), {
      staysLoggedIn: true,
    });
    return `${address}  (${GOOD_FOR}; npm run ops -- console makes another)`;
  } catch {
    // The admin has another password by now, say: the page asks for it.
    return home;
  }
}
