import { createContext, useContext } from 'react';
import { en, type Words } from './en.js';
import { ko } from './ko.js';

export type Language = 'ko' | 'en';
export type { Words };

export const WORDS: Readonly<Record<Language, Words>> = { ko, en };

export const LanguageContext = createContext<Language>('ko');

export const useLanguage = (): Language => useContext(LanguageContext);

/** All words of the frame and of what screens share, in the language of whoever looks. */
export const useWords = (): Words => WORDS[useLanguage()];

/** The words of one screen. */
export const useWordsOf = <W,>(words: Readonly<Record<Language, W>>): W => words[useLanguage()];
