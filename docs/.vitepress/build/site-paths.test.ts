import { expect, test } from '@jest/globals'
import { mapToPage, REPOSITORY, resolveLink } from './site-paths.ts'

test.each([
  ['README.md', 'overview.md'],
  ['docs/glossary.md', 'glossary.md'],
  ['docs/decisions/0001-source-condition.md', 'decisions/0001-source-condition.md'],
  ['packages/core/README.md', 'packages/core.md'],
  ['benchmarks/part1.md', 'benchmarks/part1.md'],
  ['packages/core/src/index.ts', undefined],
  ['packages/core/CHANGELOG.md', undefined],
])('%s is page %s', (file, page) => {
  expect(mapToPage(file)).toBe(page)
})

test.each([
  ['docs/recipes.md', '../benchmarks/part1.md', '/benchmarks/part1.md'],
  ['docs/recipes.md', 'glossary.md#data', '/glossary.md#data'],
  ['README.md', 'packages/core', '/packages/core.md'],
  ['packages/trainer/README.md', '../core/', '/packages/core.md'],
  ['packages/core/README.md', 'src/border.ts', `${REPOSITORY}/blob/main/packages/core/src/border.ts`],
  ['docs/recipes.md', 'https://example.org/a.md', 'https://example.org/a.md'],
  ['docs/recipes.md', '#data', '#data'],
  ['docs/index.md', '/overview', '/overview'],
])('in %s, %s leads to %s', (file, href, link) => {
  expect(resolveLink(file, href)).toBe(link)
})
