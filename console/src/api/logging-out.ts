/**
 * Whether somebody has logged out and the shop has not answered that: until it has, their cookie is good, for whoever
 * opens the page next, in whichever tab. So the browser remembers it, and not the page alone.
 */
const KEY = 'jangteo.console.loggingOut';

/** Of a browser that keeps nothing. */
let isHere = false;

export function isLoggingOut(): boolean {
  try {
    return isHere || localStorage.getItem(KEY) !== null;
  } catch {
    return isHere;
  }
}

export function setLoggingOut(isNow: boolean): void {
  isHere = false;
  try {
    if (isNow) localStorage.setItem(KEY, '1');
    else localStorage.removeItem(KEY);
  } catch {
    isHere = isNow;
  }
}
