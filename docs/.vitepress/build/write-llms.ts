import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DefaultTheme, SiteConfig } from 'vitepress'
import { sidebar } from './sidebar.ts'
import { resolveLink } from './site-paths.ts'

/** Folders whose pages `llms-full.txt` leaves out: they are long, and `llms.txt` links them. */
const LEFT_OUT = /^(api|benchmarks|decisions)\//

interface PageText {
  /** Path of the page, such as `packages/core`. */
  readonly path: string
  readonly title: string
  readonly text: string
}

/**
 * Writes `llms.txt`, the list of all pages, and `llms-full.txt`, the text of the guides and packages (llmstxt.org).
 *
 * @param site settings and pages of the built site
 */
export async function writeLlms(site: SiteConfig<DefaultTheme.Config>): Promise<void> {
  const { outDir, rewrites, pages } = site
  const { base, title, description } = site.site
  const texts = await Promise.all(pages.map((file) => readPage(site, file, rewrites.map[file] ?? file)))
  const header = `# ${title}\n\n> ${description}\n`
  await writeFile(join(outDir, 'llms.txt'), `${[header, ...listSections(texts, base)].join('\n')}\n`)
  const full = texts.filter(({ path }) => !LEFT_OUT.test(path)).map(({ text }) => text)
  await writeFile(join(outDir, 'llms-full.txt'), `${header}\n${full.join('\n\n')}\n`)
}

/** Lists all pages once: those of the sidebar in its order and its words, then the others. */
function listSections(pages: readonly PageText[], base: string): string[] {
  const titles = new Map(pages.map(({ path, title }) => [`/${path}`, title]))
  const list = (items: readonly DefaultTheme.SidebarItem[]): string[] =>
    items.flatMap(({ text, link = '', items: inner = [] }) => [
      ...(titles.delete(link) ? [`- [${text}](${base}${link.slice(1)})`] : []),
      ...list(inner),
    ])
  const groups = Object.values(sidebar).flat() as DefaultTheme.SidebarItem[]
  const sections = groups.map((group) => ({ text: group.text, links: list([group]) }))
  const others = [...titles].map(([path, text]) => ({ text, link: path }))
  return [...sections, { text: 'More', links: list(others) }]
    .filter(({ links }) => links.length > 0)
    .map(({ text, links }) => `## ${text}\n\n${links.join('\n')}\n`)
}

async function readPage({ srcDir, site }: SiteConfig, file: string, page: string): Promise<PageText> {
  const source = await readFile(join(srcDir, file), 'utf8')
  const text = source
    .replace(/^---\n.*?\n---\n/s, '')
    .replaceAll(/\]\(([^)\s]+)\)/g, (_, href: string) => `](${resolveLink(file, href).replace(/^\//, site.base)})`)
    .trim()
  const [, title = site.title] = /^# (.+)$/m.exec(text) ?? []
  return { path: page.replace(/(?:(?<=^|\/)index)?\.md$/, ''), title: title.replaceAll('`', ''), text }
}
