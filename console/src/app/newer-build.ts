/** Where a browser remembers, for as long as a tab is open, which build has had its page loaded anew. */
const KEY = 'jangteo.console.reloaded';

let isReloading = false;
let isPartMissing = false;

/** Whether the page is about to be loaded anew. */
export const isLeaving = (): boolean => isReloading;

/** Draws what failed once more; where a part of the page is missing only a new page has it. */
export function again(draw: () => void): void {
  if (isPartMissing) location.reload();
  else draw();
}

/** @returns false where the same build was loaded anew before, or nobody would know it afterwards */
function isFirstTime(build: string): boolean {
  try {
    if (sessionStorage.getItem(KEY) === build) return false;
    sessionStorage.setItem(KEY, build);
    return true;
  } catch {
    return false;
  }
}

/**
 * Loads the page anew where a part of it cannot be loaded: a newer build was deployed while it was open, and the files
 * of this one are gone. Once for each build; if that does not help it is something else, which is shown.
 *
 * @param build the address of a file whose name changes with every build
 */
export function followNewerBuilds(build: string): void {
  addEventListener('vite:preloadError', () => {
    isPartMissing = true;
    if (isReloading || !isFirstTime(build)) return;
    isReloading = true;
    location.reload();
  });
}
