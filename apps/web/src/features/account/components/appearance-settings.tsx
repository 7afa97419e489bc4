'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useState, useSyncExternalStore } from 'react';
import { useHydrated } from '@/lib/hooks/use-hydrated';
import {
  areShortcutsEnabled,
  setShortcutsEnabled,
  subscribeToShortcuts,
} from '@/lib/preferences/keyboard-shortcuts';
import { parseTheme, saveTheme, type Theme, themes } from '@/lib/preferences/theme';
import { SettingsSection } from './settings-section';

const options = {
  system: { name: 'System', icon: Monitor },
  light: { name: 'Light', icon: Sun },
  dark: { name: 'Dark', icon: Moon },
} as const;

export function AppearanceSettings({ theme: initialTheme }: { theme: Theme }) {
  const isHydrated = useHydrated();
  // After back navigation the cached props may be older than the theme that is set.
  const [theme, setTheme] = useState(() =>
    typeof document === 'undefined' ? initialTheme : parseTheme(document.documentElement.dataset.theme),
  );
  const shortcuts = useSyncExternalStore(subscribeToShortcuts, areShortcutsEnabled, () => true);

  function selectTheme(next: Theme) {
    setTheme(next);
    saveTheme(next);
  }

  return (
    <SettingsSection title="Appearance">
      <fieldset inert={!isHydrated}>
        <legend className="mb-2 text-sm font-medium">Theme</legend>
        <div className="grid max-w-md grid-cols-3 gap-2">
          {themes.map((value) => {
            const { name, icon: Icon } = options[value];
            return (
              <label
                key={value}
                className="grid justify-items-center gap-2 rounded-xl border px-2 py-4 text-sm transition-colors hover:bg-accent has-checked:border-primary has-checked:bg-primary-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-primary"
              >
                <input
                  type="radio"
                  name="theme"
                  value={value}
                  checked={theme === value}
                  onChange={() => selectTheme(value)}
                  className="sr-only"
                />
                <Icon aria-hidden className="size-5" />
                {name}
              </label>
            );
          })}
        </div>
      </fieldset>
      <div inert={!isHydrated} className="grid gap-0.5 border-t pt-3">
        <label className="flex min-h-11 w-fit items-center gap-3 text-[0.9375rem] font-medium">
          <input
            type="checkbox"
            aria-describedby="shortcuts-hint"
            checked={shortcuts}
            onChange={(event) => setShortcutsEnabled(event.target.checked)}
            className="size-5 shrink-0 accent-primary"
          />
          Keyboard shortcuts
        </label>
        <p id="shortcuts-hint" className="text-sm text-muted-foreground">
          Use single keys in your list. Turn off if you use dictation.
        </p>
      </div>
    </SettingsSection>
  );
}
