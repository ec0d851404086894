import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runTypeScript } from '../../../tests/support/typescript-program.ts'
import { writeDrawnFaces } from '../fixtures/drawn-faces.ts'

const COMMAND = [process.execPath, ...runTypeScript(new URL('bin.ts', import.meta.url))]

let faces = ''
beforeAll(async () => {
  faces = join(mkdtempSync(join(tmpdir(), 'facekp-bin-')), 'faces.json')
  await writeDrawnFaces(faces, { seed: 1, count: 40 })
})
afterAll(() => rmSync(join(faces, '..'), { recursive: true }))

/** Runs the command in a shell that ends with its exit code; `onError` may act on what it prints on stderr. */
async function runShell(script: string, onError?: (text: string, pid: number) => void) {
  const child = spawn('bash', ['-c', script, ...COMMAND])
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (text) => {
    output.stdout += text
  })
  child.stderr.on('data', (text) => {
    output.stderr += text
    onError?.(output.stderr, child.pid as number)
  })
  const [code] = await once(child, 'close')
  return { code, ...output }
}

test('wrong usage has exit code 2', async () => {
  const { code, stderr } = await runShell('"$0" "$@" chekc')
  expect([code, stderr]).toEqual([2, expect.stringContaining('Did you mean check?')])
})

test('a pipe whose reader has ended ends the command quietly', async () => {
  const { code, stderr } = await runShell(`set -o pipefail; "$0" "$@" check ${faces} --json | true`)
  expect(code).toBe(0)
  expect(stderr).not.toMatch(/error|EPIPE| {4}at /)
})

test('Ctrl-C ends the command with exit code 130', async () => {
  let isInterrupted = false
  const interrupt = (text: string, pid: number): void => {
    if (isInterrupted || !text.includes('/40 images')) return
    isInterrupted = true
    process.kill(pid, 'SIGINT')
  }
  const { code, stdout, stderr } = await runShell(`exec "$0" "$@" check ${faces}`, interrupt)
  expect([code, stdout]).toEqual([130, ''])
  expect(stderr).toMatch(/interrupted\n$/)
})
