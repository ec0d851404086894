import '../styles/tokens.css'
import '../styles/base.css'
import '../styles/controls.css'
import '../styles/shell.css'
import { render } from 'preact'
import { App } from './app.tsx'
import { followAddress } from './navigation.ts'
import { listenForShortcuts } from './shortcuts.ts'
import { restoreTheme } from './theme.ts'

restoreTheme()
followAddress()
listenForShortcuts()
render(<App />, document.getElementById('app') as HTMLElement)
