import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { LOAD_TYPESCRIPT, runTypeScript } from '../../../tests/support/typescript-program.ts'
import { writeDrawnFaces } from '../fixtures/drawn-faces.ts'

const COMMAND = [process.execPath, ...runTypeScript(new URL('bin.ts', import.meta.url))]

let faces = ''
beforeAll(async () => {
  faces = join(mkdtempSync(join(tmpdir(), 'facekp-bin-')), 'faces.json')
  await writeDrawnFaces(faces, { seed: 1, count: 3 })
})
afterAll(() => rmSync(join(faces, '..'), { recursive: true }))

/** Runs the command in a shell that ends with its exit code. */
async function runShell(script: string) {
  const child = spawn('bash', ['-c', script, ...COMMAND])
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (text) => {
    output.stdout += text
  })
  child.stderr.on('data', (text) => {
    output.stderr += text
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

test('a pipe whose reader of errors has ended does not end the command', async () => {
  const { code, stderr } = await runShell('set -o pipefail; "$0" "$@" chekc 2>&1 | true')
  expect([code, stderr]).toEqual([2, ''])
})

test('Ctrl-C ends the command with exit code 130, also while it waits for a list', async () => {
  const child = spawn(COMMAND[0] as string, [...COMMAND.slice(1), 'predict', 'mesh-468', '-'])
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (text) => {
    output.stdout += text
    if (text.includes('\n')) child.kill('SIGINT')
  })
  child.stderr.on('data', (text) => {
    output.stderr += text
  })
  const images = join(faces, '..', 'images')
  child.stdin.write(`${join(images, readdirSync(images)[0] as string)}\n`)
  const [code] = await once(child, 'close')
  expect([code, output.stdout.split('\n').length]).toEqual([130, 2])
  expect(output.stderr).toMatch(/(^|\n)interrupted\n$/)
})

/** Sends this program SIGINT when its first module asks for another one. */
const INTERRUPT = `
  import { register } from 'node:module'
  const hooks = \`
    export async function resolve(name, context, next) {
      if (context.parentURL?.endsWith('/bin.ts')) process.kill(process.pid, 'SIGINT')
      return next(name, context)
    }\`
  register('data:text/javascript,' + encodeURIComponent(hooks))`

test('Ctrl-C ends the command with exit code 130 while its first module is loaded', async () => {
  const interrupt = `data:text/javascript,${encodeURIComponent(INTERRUPT)}`
  const bin = fileURLToPath(new URL('bin.ts', import.meta.url))
  const child = spawn(process.execPath, [...LOAD_TYPESCRIPT, '--import', interrupt, bin, 'check', faces], {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  expect([await once(child, 'close'), stderr]).toEqual([[130, null], expect.stringMatching(/(^|\n)interrupted\n$/)])
})

/** Prints the names that the program imports. */
const LIST_IMPORTS = `
  import { register } from 'node:module'
  const hooks = \`
    import { writeSync } from 'node:fs'
    export async function resolve(name, context, next) {
      writeSync(2, name + String.fromCharCode(10))
      return next(name, context)
    }\`
  register('data:text/javascript,' + encodeURIComponent(hooks))`

test('the help loads neither images nor formats of labels, nor checks of files', async () => {
  const list = `data:text/javascript,${encodeURIComponent(LIST_IMPORTS)}`
  const bin = fileURLToPath(new URL('bin.ts', import.meta.url))
  const child = spawn(process.execPath, [...LOAD_TYPESCRIPT, '--import', list, bin, '--help'], {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  child.stdout.resume()
  expect(await once(child, 'close')).toEqual([0, null])
  const names = stderr.split('\n')
  expect(names).toContain('commander')
  expect(
    names.filter((name) =>
      /^(zod|papaparse|tar|tinyglobby|@facekp\/(image|data-formats|download)(\/node)?)$/.test(name),
    ),
  ).toEqual([])
})

test.each(['SIGTERM', 'SIGHUP'] as const)('%s ends the command as Ctrl-C does', async (signal) => {
  const shard = join(faces, '..', 'shard.jsonl')
  const out = join(faces, '..', 'joined.jsonl')
  writeFileSync(shard, `${JSON.stringify({ image: 'a.jpg', width: 1, height: 1, faces: [] })}\n`)
  const args = ['merge', shard, '--list', '-', '--out', out]
  const child = spawn(COMMAND[0] as string, [...COMMAND.slice(1), ...args])
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  // More than fits into a pipe: once it is written, the command is reading.
  child.stdin.write('a.jpg\n'.repeat(200_000), () => child.kill(signal))
  expect(await once(child, 'close')).toEqual([130, null])
  expect([stderr, existsSync(out)]).toEqual(['interrupted\n', false])
})
