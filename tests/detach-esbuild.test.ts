import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** A program that loads a module when it saves its work. */
const PROGRAM = `
const timer = setInterval(() => undefined, 1000)
process.once('SIGINT', async () => {
  clearInterval(timer)
  const { saved } = await import('./late.ts')
  console.log(saved as string)
})
console.log('ready')
`

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-esbuild-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'main.ts'), PROGRAM)
  writeFileSync(join(folder, 'late.ts'), "export const saved: string = 'saved'\n")
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a program that tsx runs loads modules after Ctrl-C, which reaches all of its processes', async () => {
  const args = ['--import', './scripts/detach-esbuild.mjs', '--import', 'tsx', join(folder, 'main.ts')]
  const env = { ...process.env, NODE_OPTIONS: '', TSX_DISABLE_CACHE: '1' }
  const child = spawn(process.execPath, args, { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (text) => {
    output += text
    if (String(text).includes('ready')) process.kill(-(child.pid as number), 'SIGINT')
  })
  const [code] = await once(child, 'close')
  expect([code, output]).toEqual([0, 'ready\nsaved\n'])
})
