import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { checkPage } from './check-page.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-check-page-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['none', undefined],
  ['empty.html', ''],
  ['page.html', '<!DOCTYPE html>\n<html></html>'],
])('a page may be written to %s', async (name, text) => {
  if (text !== undefined) writeFileSync(join(folder, name), text)
  await checkPage(join(folder, name))
})

test('a folder is refused before the work whose page it would be', async () => {
  await expect(checkPage(folder)).rejects.toMatchObject({ code: 'OUTPUT_NOT_WRITTEN', file: folder })
})

test('a file that is not a page stays', async () => {
  const file = join(folder, 'photo.jpg')
  writeFileSync(file, Buffer.from([0xff, 0xd8, 0xff]))
  await expect(checkPage(file)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS', file })
})
