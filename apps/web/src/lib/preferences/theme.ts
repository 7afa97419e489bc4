import { appId } from '@/app-name';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** A cookie instead of localStorage, so that the server renders the right theme at once. */
export const themeCookie = `${appId}.theme`;

export function parseTheme(value: string | undefined): Theme {
  return themes.find((theme) => theme === value) ?? 'system';
}

const oneYearSeconds = 365 * 24 * 60 * 60;

/** Applies a theme and saves it in this browser. */
export function saveTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `${themeCookie}=${theme}; path=/; max-age=${oneYearSeconds}; samesite=lax${secure}`;
}
