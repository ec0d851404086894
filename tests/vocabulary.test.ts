import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { findBannedNames, findBannedPhrases, isBannedName } from './support/vocabulary.ts'

// The words of docs/glossary.md hold everywhere: in names, comments, messages and documentation.
const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** These list the banned words themselves. */
const EXEMPT: ReadonlySet<string> = new Set([
  'tests/support/vocabulary.ts',
  'tests/vocabulary.test.ts',
  '.changeset/vocabulary.md',
])

const files = listFiles(['*.ts', '*.tsx', '*.mjs', '*.js', '*.md', '*.py'])
const sources = files.filter((file) => /\.(tsx?|mjs|js)$/.test(file))

test('every kind of file is read', () => {
  expect(sources.length).toBeGreaterThan(300)
  expect(files.length).toBeGreaterThan(sources.length)
})

test('no identifier is a word that the vocabulary replaces', () => {
  expect(sources.flatMap((file) => describeUses(file, findBannedNames(file, read(file))))).toEqual([])
})

test('no comment, message or page uses a phrase that the vocabulary replaces', () => {
  expect(files.flatMap((file) => describeUses(file, findBannedPhrases(read(file))))).toEqual([])
})

describe('the search itself', () => {
  test.each(['told', 'rateOf', 'useEngine', 'writeFigure', 'pictures', 'keptFilter'])('finds %s', (name) => {
    expect(findBannedNames('a.ts', `const ${name} = 1\nfunction f({ ${name} }) {}`)).toEqual([
      { line: 1, text: name },
      { line: 2, text: name },
    ])
  })

  test.each(['oneOf', 'offset', 'proofs', 'configure', 'engaged', 'turnsPerSecond'])('lets %s pass', (name) => {
    expect(isBannedName(name)).toBe(false)
  })

  test('finds phrases in comments, and lets calls of tf.engine() pass', () => {
    expect(findBannedPhrases('// errors are told here\ntf.engine().startScope()')).toEqual([{ line: 1, text: 'told' }])
  })
})

function listFiles(patterns: readonly string[]): string[] {
  const output = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return output.split('\n').filter((file) => file !== '' && !EXEMPT.has(file))
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

function describeUses(file: string, uses: readonly { line: number; text: string }[]): string[] {
  return uses.map(({ line, text }) => `${file}:${line}: ${text}`)
}
