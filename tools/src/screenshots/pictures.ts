/** The languages in which the console is shown: the English documents have the one, the Korean ones the other. */
export const PICTURE_LANGUAGES = ['en', 'ko'] as const;

export type PictureLanguage = (typeof PICTURE_LANGUAGES)[number];

/** A screen of the console as the documents show it. */
export interface Picture {
  readonly name: string;
  readonly theme: 'light' | 'dark';
  /** Of the window, in pixels: as much as there is to see. */
  readonly height: number;
  /** Part of the page that is there once all that it shows is, whatever its language. */
  readonly shows: string;
}

const USUAL_HEIGHT = 900;

/** In the order in which the documents show them. */
export const PICTURES = [
  { name: 'overview', theme: 'light', height: 1_150, shows: 'svg path[data-tone=done]' },
  { name: 'orders', theme: 'light', height: USUAL_HEIGHT, shows: 'tbody tr:nth-child(12)' },
  { name: 'timeline', theme: 'light', height: USUAL_HEIGHT, shows: 'svg [data-mark]' },
  { name: 'failed-messages', theme: 'light', height: USUAL_HEIGHT, shows: 'dialog[open] pre' },
  { name: 'books', theme: 'dark', height: USUAL_HEIGHT, shows: '[data-verdict=SOUND]' },
  { name: 'coupon', theme: 'light', height: USUAL_HEIGHT, shows: 'tbody tr:nth-child(12)' },
] as const satisfies readonly Picture[];

export type PictureName = (typeof PICTURES)[number]['name'];

/** Pixels of a window, and of its picture. */
export const PICTURE_WIDTH = 1_440;

/** All that the pictures may weigh, for whoever clones the project or reads it on a phone. */
export const PICTURES_BYTES_MAX = 700_000;
export const PICTURE_BYTES_MAX = 120_000;

/** Where all pictures are, below the project's folder. */
export const PICTURES_DIR = 'docs/pictures';

/** The file of a picture, below the project's folder. */
export function picturePath(name: string, language: PictureLanguage): string {
  return `${PICTURES_DIR}/${language}/${name}.webp`;
}
