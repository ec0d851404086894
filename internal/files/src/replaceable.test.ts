import { execFileSync } from 'node:child_process'
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { testIf } from '../../../tests/support/require.ts'
import { checkReplaceable } from './replaceable.ts'
import { writeFileAtomic } from './write-file-atomic.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-replaceable-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a file, a folder and a path without one may be replaced', async () => {
  writeFileSync(join(folder, 'file'), '')
  for (const path of ['file', '.', 'nothing']) await checkReplaceable(join(folder, path))
})

testIf(process.platform !== 'win32', 'named pipes')('a pipe stays, and the error names the fix', async () => {
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  const error = { code: 'NOT_WRITTEN', file: path, expected: expect.stringContaining('this one is a device, a pipe') }
  await expect(checkReplaceable(path, 'NOT_WRITTEN')).rejects.toMatchObject(error)
  await expect(writeFileAtomic(path, 'data', 'NOT_WRITTEN')).rejects.toMatchObject(error)
  expect(lstatSync(path).isFIFO()).toBe(true)
})
