import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { makeOutFolder } from './out-folder.ts'

const scratch = mkdtempSync(join(tmpdir(), 'facekp-out-'))
afterAll(() => rmSync(scratch, { recursive: true }))

test('makes the folder and those above it', async () => {
  const out = join(scratch, 'a', 'b')
  expect(await makeOutFolder(out)).toBe(out)
  expect(existsSync(out)).toBe(true)
})

test('a folder that takes none is told by name, and does not wait forever', async () => {
  await expect(makeOutFolder('/proc/nothing/here')).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})

test('a file in its place is told by name', async () => {
  const file = join(scratch, 'file')
  writeFileSync(file, '')
  await expect(makeOutFolder(file)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining(`--out ${file} cannot be made`),
  })
})
