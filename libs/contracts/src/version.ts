/** The version of all of it: API, messages, client and images. `npm run release` sets it, as in every package.json. */
export const VERSION = '0.1.0';
