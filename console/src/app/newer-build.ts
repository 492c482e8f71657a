/** Where a browser remembers, for as long as a tab is open, which build has had its page loaded anew. */
const KEY = 'jangteo.console.reloaded';

const ASK_MS = 5_000;

let isPartMissing = false;
let isGoing = false;
const watching = new Set<() => void>();

/** Whether the page is about to be loaded anew, or whether it can be is being found out. */
export const isLeaving = (): boolean => isGoing;

/** To be told when it leaves, and when it stays after all. */
export function onLeaving(listener: () => void): () => void {
  watching.add(listener);
  return () => watching.delete(listener);
}

function tell(isNow: boolean): void {
  isGoing = isNow;
  for (const listener of watching) listener();
}

/** Whether the shop gives a page at the moment: where it does not, loading anew would leave the browser's own there. */
async function isShopThere(): Promise<boolean> {
  try {
    const options = { cache: 'no-store', signal: AbortSignal.timeout(ASK_MS) } as const;
    return (await fetch('/console/', options)).status === 200;
  } catch {
    return false;
  }
}

async function loadAnew(mayLoad: () => boolean): Promise<void> {
  if (isGoing) return;
  tell(true);
  if ((await isShopThere()) && mayLoad()) location.reload();
  else tell(false);
}

/** Draws what failed once more; where a part of the page is missing only a new page has it. */
export function again(draw: () => void): void {
  if (isPartMissing) void loadAnew(() => true);
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
 * of this one are gone. Once for each build; if that does not help it is something else, which is shown, as it is
 * where the shop does not answer.
 *
 * @param build the address of a file whose name changes with every build
 */
export function followNewerBuilds(build: string): void {
  addEventListener('vite:preloadError', () => {
    isPartMissing = true;
    void loadAnew(() => isFirstTime(build));
  });
}
