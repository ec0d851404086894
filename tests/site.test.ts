import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'
import { testInChromium } from './support/chromium.ts'
import { closeBrowser, openPage } from './support/start-chromium.ts'

// The documentation site as it was built.
const SITE = fileURLToPath(new URL('../docs/.vitepress/dist', import.meta.url))
if (!existsSync(join(SITE, 'index.html'))) throw new Error('build the documentation first: pnpm docs:build')
const [, BASE = '/'] = /<link rel="preload stylesheet" href="([^"]*\/)assets\//.exec(read('index.html')) ?? []
const files = readdirSync(SITE, { recursive: true, encoding: 'utf8' })
const pages = files.filter((file) => file.endsWith('.html') && !file.startsWith('studio'))

/** What the browser may load: files of the site. VitePress sets colors by inline scripts and styles. */
const STRICT = {
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
}

/** Pages that a search must find, by its word. */
const EXPECTED_PAGES: Readonly<Record<string, string>> = {
  BlurPool: '/packages/blurpool',
  NME: '/metrics',
  resume: '/guides/resume',
}

afterAll(closeBrowser)

test('every link and every anchor of a page leads somewhere', () => {
  expect(pages.length).toBeGreaterThan(80)
  const ids = new Map(pages.map((page) => [page, new Set(listAttributes(page, 'id'))]))
  const broken = pages.flatMap((page) =>
    listAttributes(page, 'href')
      .filter((href) => {
        const { path, anchor } = resolveHref(page, href)
        if (path === undefined) return !/^(https?:\/\/[\w.-]+(\/\S*)?|mailto:\S+)$/.test(href)
        if (!existsSync(join(SITE, path))) return true
        return anchor !== '' && !ids.get(path)?.has(anchor)
      })
      .map((href) => `${page}: ${href}`),
  )
  expect(broken).toEqual([])
})

test('every page has an icon, which browsers would look for elsewhere', () => {
  const hrefs = pages.flatMap((page) => read(page).match(/<link rel="icon" href="([^"]+)"/)?.[1] ?? [])
  expect(hrefs.length).toBe(pages.length)
  expect([...new Set(hrefs)]).toEqual([`${BASE}icon.svg`])
  expect(existsSync(join(SITE, 'icon.svg'))).toBe(true)
})

test('llms.txt lists every page, in the sections of the sidebar', () => {
  const links = [...read('llms.txt').matchAll(/\]\(([^)]+)\)/g)].map(
    ([, href = '']) => resolveHref('index.html', href).path,
  )
  const sections = [...read('llms.txt').matchAll(/^## (.+)$/gm)].map(([, section]) => section)
  expect(sections.slice(0, 3)).toEqual(['Tutorials', 'Guides', 'Migration'])
  expect(links.sort()).toEqual(pages.filter((page) => page !== '404.html').sort())
  expect(read('llms-full.txt')).toContain('# Glossary')
})

testInChromium('search finds BlurPool, NME and resume, and no page loads a file from elsewhere', async () => {
  const folders = { '': SITE, [BASE.replaceAll('/', '') || '-']: SITE }
  const { page, errors } = await openPage({ folders, headers: STRICT })
  // The policy forbids the polling of `waitForFunction`. The page listens to keys once Vue runs.
  while (!(await page.evaluate('Boolean(document.querySelector("#app").__vue_app__)'))) await page.waitForTimeout(50)
  await page.keyboard.press('Control+k')
  for (const [word, expectedPage] of Object.entries(EXPECTED_PAGES)) {
    await page.fill('#localsearch-input', word)
    await page.waitForSelector(`.result[href*="${expectedPage}"]`)
  }
  await page.fill('#localsearch-input', 'NME')
  await page.waitForSelector('.result[href*="/guides/evaluation"]')
  expect(await page.$$('.result[href$="/api/core#name"]')).toEqual([])
  expect(errors).toEqual([])
})

testInChromium('the list of packages fits the width of a phone', async () => {
  const folders = { '': SITE, [BASE.replaceAll('/', '') || '-']: SITE }
  const { page } = await openPage({ folders }, 'packages/index.html')
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
})

function read(file: string): string {
  return readFileSync(join(SITE, file), 'utf8')
}

function listAttributes(page: string, name: string): string[] {
  const matches = read(page).matchAll(new RegExp(`<[a-z][^>]* ${name}="([^"]+)"`, 'g'))
  return [...matches].map(([, value = '']) => value.replaceAll('&amp;', '&'))
}

/** Finds the file of the site that a link leads to; none if it leads to another site. */
function resolveHref(page: string, href: string): { readonly path?: string; readonly anchor: string } {
  if (/^[a-z]+:/.test(href)) return { anchor: '' }
  const [address = '', anchor = ''] = href.split('#')
  const absolute = address.startsWith('/')
    ? posix.join('/', address.slice(BASE.length))
    : posix.join('/', dirname(page), address)
  const path = (address === '' ? `/${page}` : absolute).slice(1)
  const candidates = [path, `${path}.html`, posix.join(path, 'index.html')]
  const isFile = (candidate: string): boolean => /\.\w+$/.test(candidate) && existsSync(join(SITE, candidate))
  return { path: candidates.find(isFile) ?? path, anchor: decodeURIComponent(anchor) }
}
