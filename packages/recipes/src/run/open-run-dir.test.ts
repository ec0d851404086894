import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'
import { LOAD_TYPESCRIPT } from '../../../../tests/support/typescript-program.ts'
import { openRunDir } from './open-run-dir.ts'

const scratch = mkdtempSync(join(tmpdir(), 'facekp-run-dir-'))
afterAll(() => rmSync(scratch, { recursive: true }))

test('makes the folder and those above it, and takes an empty one', async () => {
  const out = join(scratch, 'a', 'b')
  expect(await openRunDir(out)).toBe(out)
  expect(await openRunDir(out)).toBe(out)
  expect(existsSync(out)).toBe(true)
})

test.each(['/proc/nothing/here', 'file'])('%s cannot be made: the error names it', async (path) => {
  writeFileSync(join(scratch, 'file'), '')
  const out = path.startsWith('/') ? path : join(scratch, path)
  await expect(openRunDir(out)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining(`${out}: cannot write the folder`),
  })
})

test('a folder that holds a run is taken only to resume or to overwrite, which deletes the run alone', async () => {
  const out = await openRunDir(join(scratch, 'run'))
  writeFileSync(join(out, 'summary.json'), '{}')
  writeFileSync(join(out, 'notes.txt'), 'mine')
  await expect(openRunDir(out)).rejects.toMatchObject({
    code: 'RUN_EXISTS',
    message: expect.stringMatching(/already contains a run[\s\S]*--resume[\s\S]*--overwrite/),
  })
  expect(await openRunDir(out, { resume: true })).toBe(out)
  expect(existsSync(join(out, 'summary.json'))).toBe(true)
  await openRunDir(out, { overwrite: true })
  expect(existsSync(join(out, 'summary.json'))).toBe(false)
  expect(readFileSync(join(out, 'notes.txt'), 'utf8')).toBe('mine')
})

test('a run is continued with the same settings only', async () => {
  const out = join(scratch, 'settings')
  const settings = { size: 64, limits: { degrees: 15 }, left: undefined }
  for (const resume of [false, true, true]) expect(await openRunDir(out, { settings, resume })).toBe(out)
  const file = join(out, 'settings.json')
  writeFileSync(file, `\uFEFF${readFileSync(file, 'utf8')}`)
  expect(await openRunDir(out, { settings, resume: true })).toBe(out)
  await expect(openRunDir(out, { settings: { ...settings, size: 80 }, resume: true })).rejects.toMatchObject({
    code: 'RUN_MISMATCH',
    message: expect.stringMatching(/different size[\s\S]*expected 64[\s\S]*received 80/),
  })
})

test('a folder that another program uses is refused', async () => {
  const out = join(scratch, 'used')
  mkdirSync(out)
  // The test's parent runs as long as the test.
  writeFileSync(join(out, '.run.lock'), JSON.stringify({ pid: process.ppid, host: hostname(), token: 'other' }))
  await expect(openRunDir(out, { resume: true })).rejects.toMatchObject({
    code: 'LOCKED',
    received: `program ${process.ppid}`,
  })
})

test('plots without a run are not overwritten', async () => {
  const out = join(scratch, 'other')
  mkdirSync(join(out, 'plots'), { recursive: true })
  await expect(openRunDir(out, { overwrite: true })).rejects.toMatchObject({ code: 'RUN_EXISTS', received: 'plots' })
  expect(existsSync(join(out, 'plots'))).toBe(true)
})

const PROGRAM = `
  import { writeFileSync } from 'node:fs'
  import { openRunDir } from ${JSON.stringify(fileURLToPath(new URL('./open-run-dir.ts', import.meta.url)))}
  const [, out, file] = process.argv
  await openRunDir(out)
  if (file) writeFileSync(file, '')
  console.log('reading')
  setInterval(() => {}, 1000)`

test.each([
  ['an empty folder is removed', undefined, []],
  ['a file stays', 'settings.json', ['settings.json']],
])('Ctrl-C ends a program that reads: %s', async (_, name, files) => {
  const parent = mkdtempSync(join(scratch, 'interrupted-'))
  const out = join(parent, 'run')
  const args = [...LOAD_TYPESCRIPT, '--input-type=module', '--eval', PROGRAM, out]
  const child = spawn(process.execPath, [...args, ...(name === undefined ? [] : [join(out, name)])], {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([null, 'SIGINT'])
  expect(existsSync(out) ? readdirSync(out) : []).toEqual(files)
  expect(existsSync(out)).toBe(name !== undefined)
})
