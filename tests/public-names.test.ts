import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import ts from 'typescript'

// What users may import. A name that comes or goes is written down in public-names.json by hand: adding one is a feature,
// taking one away breaks somebody's program.
const resolvePath = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const PACKAGES = resolvePath('../packages')
const EXPECTED = JSON.parse(readFileSync(resolvePath('public-names.json'), 'utf8')) as Record<string, string[]>

interface Manifest {
  readonly exports: Record<string, string | { readonly '@facekp/source'?: string }>
}

/** Has the names of the other packages: each of its entries is that of one of them. */
const UMBRELLA = 'facekp'

const entries = readdirSync(PACKAGES).flatMap((name) => {
  if (name === UMBRELLA) return []
  const { exports } = JSON.parse(readFileSync(join(PACKAGES, name, 'package.json'), 'utf8')) as Manifest
  return Object.entries(exports).flatMap(([path, target]) => {
    const source = typeof target === 'object' && target['@facekp/source']
    return source ? [{ entry: join('@facekp', name, path), file: join(PACKAGES, name, source) }] : []
  })
})

test('every entry of every package is written down', () => {
  expect(entries.map(({ entry }) => entry).sort()).toEqual(Object.keys(EXPECTED).sort())
})

describe.each(entries)('$entry', ({ entry, file }) => {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext)

  test('is a list of names and nothing else', () => {
    const others = source.statements.filter(
      (statement) =>
        !(ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)),
    )
    expect(others.map((statement) => statement.getText(source))).toEqual([])
  })

  test('has the names that are written down', () => {
    const names = source.statements.flatMap((statement) =>
      ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)
        ? statement.exportClause.elements.map(({ name }) => name.text)
        : [],
    )
    expect(names.sort()).toEqual(EXPECTED[entry]?.toSorted())
  })
})
