import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { LanguageContext, type Language } from '../words/index.js';

export interface Settings {
  readonly language: Language;
  readonly theme: 'system' | 'light' | 'dark';
  readonly zone: 'local' | 'utc';
  readonly keys: boolean;
}

/** Whatever stands in the browser's storage is of an earlier release, or of anybody. */
const KEY = 'jangteo.console';

function kept(): Settings {
  const language = navigator.languages.some((tag) => tag.toLowerCase().startsWith('ko')) ? 'ko' : 'en';
  const settings: Settings = { language, theme: 'system', zone: 'local', keys: true };
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Record<keyof Settings, unknown>>;
    return {
      language: found.language === 'ko' || found.language === 'en' ? found.language : settings.language,
      theme: found.theme === 'light' || found.theme === 'dark' ? found.theme : settings.theme,
      zone: found.zone === 'utc' ? 'utc' : 'local',
      keys: found.keys !== false,
    };
  } catch {
    return settings;
  }
}

const SettingsContext = createContext<readonly [Settings, (change: Partial<Settings>) => void] | undefined>(
  undefined,
);

export function useSettings(): readonly [Settings, (change: Partial<Settings>) => void] {
  const settings = useContext(SettingsContext);
  if (settings === undefined) throw new Error('there are no settings here');
  return settings;
}

export function SettingsProvider({ children }: { readonly children: ReactNode }) {
  const [settings, set] = useState(kept);
  useEffect(() => {
    document.documentElement.lang = settings.language;
    document.documentElement.dataset['theme'] = settings.theme;
    try {
      localStorage.setItem(KEY, JSON.stringify(settings));
    } catch {
      // A browser that keeps nothing shows the same, until the page is left.
    }
  }, [settings]);
  return (
    <SettingsContext value={[settings, (change) => set((old) => ({ ...old, ...change }))]}>
      <LanguageContext value={settings.language}>{children}</LanguageContext>
    </SettingsContext>
  );
}
