import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { canInstallPackages, installPackage } from './debian-package.js';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];

function browserHere(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return BROWSERS.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/**
 * Finds a browser of this machine that needs no window, or installs Debian's where that may be done; `undefined` where
 * neither is possible.
 */
export async function provideBrowser(onProgress?: (step: string) => void): Promise<string | undefined> {
  if (browserHere() === undefined && (await canInstallPackages())) {
    onProgress?.('Chromium: installing the package of this machine');
    await installPackage({ name: 'chromium', units: [] }).catch(() => undefined);
  }
  return browserHere();
}
