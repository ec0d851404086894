import type { VNode } from 'preact'
import { IconButton } from '../components/button.tsx'
import { Icon, type IconName } from '../components/icon.tsx'
import { currentView, VIEW_NAMES, type ViewName } from './navigation.ts'
import { isHelpOpen } from './shortcuts-dialog.tsx'
import { switchTheme, type ThemeChoice, themeChoice } from './theme.ts'

/** Titles of the views. */
export const VIEW_TITLES: Readonly<Record<ViewName, string>> = { try: 'Try', label: 'Label', fit: 'Fit', look: 'Look' }

const ICONS: Readonly<Record<ViewName, IconName>> = { try: 'camera', label: 'tag', fit: 'sliders', look: 'chart' }
const THEME_ICONS: Readonly<Record<ThemeChoice, IconName>> = { system: 'contrast', light: 'sun', dark: 'moon' }

/** Links to the views, the help and the choice of colors. */
export function NavigationBar(): VNode {
  return (
    <header class="navigation">
      <a class="navigation-brand" href="#try" aria-label="facekp studio">
        <Icon name="face" />
      </a>
      <nav class="navigation-views" aria-label="Views">
        {VIEW_NAMES.map((name) => (
          <a
            key={name}
            class="navigation-link"
            href={`#${name}`}
            aria-current={currentView.value === name ? 'page' : undefined}
          >
            <Icon name={ICONS[name]} />
            <span>{VIEW_TITLES[name]}</span>
          </a>
        ))}
      </nav>
      <div class="navigation-tools">
        <IconButton
          icon="keyboard"
          label="Keyboard shortcuts"
          onClick={() => {
            isHelpOpen.value = true
          }}
        />
        <IconButton
          icon={THEME_ICONS[themeChoice.value]}
          label={`Colors: ${themeChoice.value}. Change`}
          onClick={switchTheme}
        />
      </div>
    </header>
  )
}
