import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { checkWritable } from './check-writable.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'facekp-writable-'))
  writeFileSync(join(root, 'file'), '')
  mkdirSync(join(root, 'folder'))
  symlinkSync(join(root, 'nothing'), join(root, 'link'))
})
afterAll(() => rmSync(root, { recursive: true }))

test('what can be written is accepted, and nothing is written', async () => {
  const before = readdirSync(root, { recursive: true })
  for (const path of ['file', 'new', 'folder/new', 'a/b/c']) {
    await checkWritable(join(root, path), { kind: 'file', code: 'NOT_WRITTEN' })
  }
  for (const path of ['folder', 'new', 'folder/new', 'a/b/c', '.']) {
    await checkWritable(join(root, path), { kind: 'folder', code: 'NOT_WRITTEN' })
  }
  expect(readdirSync(root, { recursive: true })).toEqual(before)
})

test('an empty path is refused', async () => {
  const expected = 'a path that is not empty'
  await expect(checkWritable('', { kind: 'folder', code: 'NOT_WRITTEN' })).rejects.toMatchObject({ expected })
})

test.each([
  ['file', 'folder', /the path of a file; this one is a folder/],
  ['file', 'file/new', /a path whose parents are folders; .* is a file/],
  ['file', 'link/new', /a link to nothing/],
  ['folder', 'file', /a path whose parents are folders; it or one of them is a file/],
  ['folder', 'file/a/b', /a path whose parents are folders; one of them is a file/],
  ['folder', 'link', /a link to nothing/],
  ['folder', 'a\0b', /NUL/],
] as const)('no %s can be written at %j', async (kind, path, expected) => {
  await expect(checkWritable(join(root, path), { kind, code: 'NOT_WRITTEN' })).rejects.toMatchObject({
    code: 'NOT_WRITTEN',
    file: join(root, path),
    problem: `cannot write the ${kind}`,
    expected: expect.stringMatching(expected),
  })
})
