import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { bundlePrograms } from './support/typescript-program.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-bundle-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}

/** Runs `program.ts` of the folder as a bundle, and returns what it prints. */
function run(): string {
  const program = join(folder, 'program.ts')
  const { nodeOptions, locate } = bundlePrograms([program], join(folder, 'bundles'))
  return execFileSync(process.execPath, [...nodeOptions, locate(pathToFileURL(program))], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: 'pipe',
  }).trim()
}

test('a module has the URL of its source, and errors its lines', () => {
  write({
    'program.ts': `import { fail, url } from './part.ts'\nconsole.log(url)\nfail()`,
    'part.ts': `export const url = import.meta.url\n\nexport const fail = () => console.log(new Error('failed').stack)`,
  })
  const [url, ...stack] = run().split('\n')
  expect(url).toBe(pathToFileURL(join(folder, 'part.ts')).href)
  expect(stack[1]).toContain(`${join(folder, 'part.ts')}:3`)
})

test('a thread has one copy of what its modules share', () => {
  write({
    'program.ts': `import { Worker } from 'node:worker_threads'
      new Worker(new URL('thread.ts', import.meta.url), { workerData: new URL('job.js', import.meta.url).href })`,
    'thread.ts': `import { workerData } from 'node:worker_threads'
      import { shared } from './shared.ts'
      const job = await import(workerData)
      console.log(job.shared === shared)`,
    'job.ts': `export { shared } from './shared.ts'`,
    'shared.ts': 'export const shared = {}',
  })
  expect(run()).toBe('true')
})

test('a module that is not in the bundle loads the copies of the bundle', () => {
  write({
    'program.ts': `import { shared } from './shared.ts'
      const url = new URL('job.mjs', import.meta.url).href
      const { load } = await import(url)
      console.log((await load(new URL('shared.ts', import.meta.url))).shared === shared)`,
    'job.mjs': 'export const load = (url) => import(url)',
    'shared.ts': 'export const shared = {}',
  })
  expect(run()).toBe('true')
})

test('a source that is not in the bundle is refused, for it would load others again', () => {
  write({ 'program.ts': `const name = "./hid" + "den.ts"\nawait import(name)`, 'hidden.ts': 'export {}' })
  expect(run).toThrow(/hidden\.ts is not in the bundle/)
})

test('a bundle is kept until a source changes', () => {
  write({ 'program.ts': `import { text } from './part.ts'\nconsole.log(text)`, 'part.ts': `export const text = 'old'` })
  expect(run()).toBe('old')
  const before = readdirSync(join(folder, 'bundles'))
  expect(run()).toBe('old')
  expect(readdirSync(join(folder, 'bundles'))).toEqual(before)
  write({ 'part.ts': `export const text = 'newer'` })
  expect(run()).toBe('newer')
  expect(readdirSync(join(folder, 'bundles'))).toHaveLength(before.length)
})

test('what a killed process was writing is removed, and what another one is writing stays', () => {
  write({ 'program.ts': 'console.log(1)' })
  mkdirSync(join(folder, 'bundles'))
  const { pid } = spawnSync('true')
  for (const name of [`0123456789abcdef.json.${pid}`, `0123456789abcdef.json.${process.pid}`])
    writeFileSync(join(folder, 'bundles', name), '')
  mkdirSync(join(folder, 'bundles', `0123456789abcdef-0123456789abcdef.${pid}`))
  expect(run()).toBe('1')
  const left = readdirSync(join(folder, 'bundles')).filter((name) => name.startsWith('0123456789abcdef'))
  expect(left).toEqual([`0123456789abcdef.json.${process.pid}`])
})
