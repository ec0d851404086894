import { type Signal, signal } from '@preact/signals'

/** Colors of the page: those of the system, or a choice. */
export type ThemeChoice = 'system' | 'light' | 'dark'

const CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark']
const STORAGE_KEY = 'facekp-studio-theme'

/** The colors that were chosen. */
export const themeChoice: Signal<ThemeChoice> = signal('system')

/** Restores the colors that were chosen before. */
export function restoreTheme(): void {
  applyTheme(CHOICES.find((choice) => choice === readStorage()) ?? 'system')
}

/** Chooses the next colors: system, light, dark. */
export function switchTheme(): void {
  const next = CHOICES[(CHOICES.indexOf(themeChoice.value) + 1) % CHOICES.length] as ThemeChoice
  applyTheme(next)
  try {
    localStorage.setItem(STORAGE_KEY, next)
  } catch {
    // A page without storage forgets the choice.
  }
}

function readStorage(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY)
  } catch {
    return null
  }
}

function applyTheme(choice: ThemeChoice): void {
  themeChoice.value = choice
  document.documentElement.dataset['theme'] = choice
}
