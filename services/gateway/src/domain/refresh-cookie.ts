const NAME = 'jangteo_refresh';

/** No script reads it, no other site's page sends it, and it goes to no route but those of accounts. */
const ATTRIBUTES = 'HttpOnly; Secure; SameSite=Strict; Path=/auth';

const TOKEN_LENGTH_MAX = 200;

/** Of a refresh token, as Set-Cookie says it; the browser forgets it when it is closed. */
export function refreshCookie(refreshToken: string): string {
  return `${NAME}=${refreshToken}; ${ATTRIBUTES}`;
}

/** Takes the cookie away. */
export const NO_REFRESH_COOKIE = `${NAME}=; ${ATTRIBUTES}; Max-Age=0`;

/** @param cookies the header Cookie */
export function refreshTokenIn(cookies: string | undefined): string | undefined {
  for (const pair of (cookies ?? '').split(';')) {
    const [name = '', value = ''] = pair.split('=', 2).map((part) => part.trim());
    if (name === NAME && value !== '' && value.length <= TOKEN_LENGTH_MAX) return value;
  }
  return undefined;
}
