import { expected, type Customer, type Problem, type ShopClient } from '@jangteo/testkit';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export const NEW_PASSWORD = 'battery staple';

/** Calls about accounts. @param opened the shop that is there once they are made, and a token of its admin */
export function accountCalls(opened: () => { readonly client: ShopClient; readonly admin: string }) {
  const ask = <B>(method: string, path: string, token: string | undefined, body?: object) =>
    opened().client.send<B & Problem>(method, path, body && JSON.stringify(body), { token });

  const login = (email: string, password: string, headers: Record<string, string> = {}) =>
    opened().client.post<Tokens & Problem>('/auth/login', { email, password }, { headers });

  const isLoggedIn = async (token: string): Promise<boolean> =>
    (await opened().client.get('/auth/me', { token })).status === 200;

  const change = (userId: string, body: object, token = opened().admin) =>
    ask<{ role: string; state: string }>('PATCH', `/admin/users/${userId}`, token, body);

  /** Registers somebody who has this role. */
  async function employed(role: string): Promise<Customer> {
    const person = await opened().client.register();
    expected(200, await change(person.userId, { role }));
    return { ...person, token: await opened().client.login(person) };
  }

  async function resetTokenFor({ userId }: Pick<Customer, 'userId'>): Promise<string> {
    const path = `/admin/users/${userId}/reset-password`;
    return expected(201, await ask<{ token: string }>('POST', path, opened().admin)).token;
  }

  const reset = (token: string, newPassword = NEW_PASSWORD) =>
    opened().client.post<Problem>('/auth/password/reset', { token, newPassword });

  const changePassword = ({ token, password }: Customer, newPassword = NEW_PASSWORD) =>
    ask('POST', '/auth/password', token, { currentPassword: password, newPassword });

  return { ask, login, isLoggedIn, change, employed, resetTokenFor, reset, changePassword };
}
