import { posix } from 'node:path'

/** Address of the sources; pages link the files that are not pages themselves there. */
export const REPOSITORY = 'https://github.com/facekp/facekp'

/**
 * Maps a Markdown file of the repository to its page.
 *
 * @param file path relative to the repository root
 * @returns path of the page relative to the site, such as `packages/core.md`; `undefined` if the file is no page
 */
export function mapToPage(file: string): string | undefined {
  if (file === 'README.md') return 'overview.md'
  if (file === 'CONTRIBUTING.md') return 'contributing.md'
  if (/^benchmarks\/[\w-]+\.md$/.test(file)) return file
  const [, folder] = /^packages\/([\w-]+)\/README\.md$/.exec(file) ?? []
  if (folder !== undefined) return `packages/${folder}.md`
  return /^docs\/[\w/-]+\.md$/.test(file) ? file.slice('docs/'.length) : undefined
}

/**
 * Maps a relative link of a Markdown file to a link of the site: to a page, or to the file in the repository.
 *
 * @param file path of the Markdown file, relative to the repository root
 * @param href the link as written, which works on GitHub
 */
export function resolveLink(file: string, href: string): string {
  if (/^([a-z]+:|\/|#)/.test(href)) return href
  const [path = '', anchor] = href.split('#')
  const target = posix.join(posix.dirname(file), path).replace(/\/$/, '')
  const isFile = /\.\w+$/.test(target)
  const index = target.startsWith('packages/') ? 'README.md' : 'index.md'
  const page = mapToPage(isFile ? target : `${target}/${index}`)
  const suffix = anchor === undefined ? '' : `#${anchor}`
  return page === undefined ? `${REPOSITORY}/blob/main/${target}${suffix}` : `/${page}${suffix}`
}
