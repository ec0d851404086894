import { cpSync, existsSync } from 'node:fs'

/** The page as `apps/studio` builds it, and where `facekp studio` looks for it; the script runs in the folder of package facekp. */
const SOURCE = '../../apps/studio/dist'
const TARGET = 'dist/studio'

if (!existsSync(`${SOURCE}/index.html`))
  throw new Error(`${SOURCE}: no page; run pnpm --filter @facekp/studio build first`)
cpSync(SOURCE, TARGET, { recursive: true })
