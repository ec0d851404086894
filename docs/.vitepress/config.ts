import { cpSync, existsSync } from 'node:fs'
import { relative } from 'node:path'
import { type DefaultTheme, defineConfig, type Plugin, type UserConfig } from 'vitepress'
import { ROOT } from './build/packages.ts'
import { sidebar } from './build/sidebar.ts'
import { mapToPage, REPOSITORY, resolveLink } from './build/site-paths.ts'
import { writeLlms } from './build/write-llms.ts'

const STUDIO = `${ROOT}apps/studio/dist`
const hasStudio = existsSync(STUDIO)

type ThemeConfig = DefaultTheme.Config & { readonly hasStudio: boolean }

/** Resolves Vue for the pages outside `docs/` too, where it is not installed. */
const resolveVue: Plugin = {
  name: 'resolve-vue',
  enforce: 'pre',
  resolveId(id, importer) {
    if (!importer?.endsWith('.md') || !/^vue(\/|$)/.test(id)) return undefined
    return this.resolve(id, `${ROOT}docs/index.md`, { skipSelf: true })
  },
}

const BASE = process.env['DOCS_BASE'] ?? '/'

// The pages are the Markdown files of the repository where they are; `mapToPage` lists them.
const config: UserConfig<ThemeConfig> = defineConfig<ThemeConfig>({
  title: 'facekp',
  description: 'Facial keypoints in TypeScript: label, train, measure, and run in Node and in browsers',
  lang: 'en-US',
  base: BASE,
  head: [['link', { rel: 'icon', href: `${BASE}icon.svg`, type: 'image/svg+xml' }]],
  cleanUrls: true,
  srcDir: '..',
  srcExclude: ['apps/**', 'internal/**', 'examples/**', 'tests/**', 'packages/*/CHANGELOG.md', 'runs/**'],
  rewrites: (file) => mapToPage(file) ?? file,
  cacheDir: './.vitepress/cache',
  outDir: './.vitepress/dist',
  vite: { publicDir: `${ROOT}docs/public`, plugins: [resolveVue] },
  markdown: {
    config: (md) => {
      md.core.ruler.push('links-of-the-site', ({ tokens, env }) => {
        const file = relative(ROOT, env.realPath ?? env.path)
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const href = token.type === 'link_open' ? token.attrGet('href') : null
          if (href !== null) token.attrSet('href', resolveLink(file, href))
        }
      })
    },
  },
  buildEnd: async (site) => {
    await writeLlms(site)
    // The studio is a page of its own, which its package builds.
    if (hasStudio) cpSync(STUDIO, `${site.outDir}/studio`, { recursive: true })
  },
  themeConfig: {
    hasStudio,
    nav: [
      { text: 'Tutorials', link: '/tutorials/your-own-points' },
      { text: 'Guides', link: '/guides/formats' },
      { text: 'Model cards', link: '/models/' },
      { text: 'API', link: '/packages/' },
      ...(hasStudio ? [{ text: 'Studio', link: '/studio/', target: '_self' }] : []),
    ],
    sidebar,
    outline: [2, 3],
    search: {
      provider: 'local',
      // A word of three letters has no typing mistake: NME does not find "name".
      options: { miniSearch: { searchOptions: { fuzzy: 0.15 } } },
    },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
  },
})

export default config
