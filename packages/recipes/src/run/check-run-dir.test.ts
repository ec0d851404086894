import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { checkRunDir } from './check-run-dir.ts'

let root = ''
const at = (name: string): string => join(root, name)
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'facekp-check-run-'))
  for (const name of ['run', 'plots', 'plots/plots', 'photographs']) mkdirSync(at(name))
  for (const name of ['run/summary.json', 'photographs/a.jpg', 'file']) writeFileSync(at(name), '')
})
afterAll(() => rmSync(root, { recursive: true }))

test.each([
  ['run', {}, 'RUN_EXISTS'],
  ['plots', { overwrite: true }, 'RUN_EXISTS'],
  ['file', { overwrite: true }, 'OPTION_INVALID'],
  ['file/new', {}, 'OPTION_INVALID'],
  ['run', { resume: true, overwrite: true }, 'OPTION_INVALID'],
])('%s is refused with %j', async (name, options, code) => {
  await expect(checkRunDir(at(name), options)).rejects.toMatchObject({ code })
})

test('what may be opened is accepted, and nothing changes', async () => {
  const before = readdirSync(root, { recursive: true })
  for (const name of ['run', 'new', 'new/run', 'photographs']) {
    for (const options of [{ resume: true }, { overwrite: true }]) await checkRunDir(at(name), options)
  }
  expect(readdirSync(root, { recursive: true })).toEqual(before)
})
