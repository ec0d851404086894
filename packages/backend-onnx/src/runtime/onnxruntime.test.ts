import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { runTypeScript } from '../../../../tests/support/typescript-program.ts'
import { load, RUNTIME_VERSION, runtime } from './onnxruntime.ts'

const require = createRequire(import.meta.url)

test('the installed release is the pinned one and has the synchronous entry point', () => {
  const folder = dirname(dirname(require.resolve('onnxruntime-node')))
  expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version).toBe(RUNTIME_VERSION)
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(manifest.optionalDependencies['onnxruntime-node']).toBe(RUNTIME_VERSION)
  expect(runtime().isSynchronous).toBe(true)
})

test('if it is not installed, the error names the install command', () => {
  const throwMissing = (): never => {
    throw new Error("Cannot find module 'onnxruntime-node'")
  }
  expect(() => load(throwMissing)).toThrow(
    expect.objectContaining({
      code: 'ONNX_RUNTIME',
      message: expect.stringMatching(/cannot be loaded.*npm install onnxruntime-node@.*Cannot find module/s),
    }),
  )
})

test.each<[string, (name: string) => unknown]>([
  [
    'a release without the synchronous entry point',
    (name) => {
      if (name.endsWith('binding.js')) throw new Error('Cannot find module')
      return require(name)
    },
  ],
  ['a release with another entry point', (name) => (name.endsWith('binding.js') ? { binding: {} } : require(name))],
])('%s runs asynchronously', (_, requireModule) => {
  expect(load(requireModule).isSynchronous).toBe(false)
})

test.each([true, false])('a session gets its settings: arena %s', (arena) => {
  const received: object[] = []
  class InferenceSession {
    loadModel(_buffer: ArrayBufferLike, _offset: number, _length: number, options: object): void {
      received.push(options)
    }
    run(): void {}
    dispose(): void {}
  }
  const binding = { binding: { InferenceSession }, initOrt: () => undefined }
  const { createSession } = load((name) => (name.endsWith('binding.js') ? binding : require(name)))
  createSession(new Uint8Array(1), { threads: 3, provider: 'cpu', arena })
  expect(received).toEqual([
    expect.objectContaining({ intraOpNumThreads: 3, executionProviders: ['cpu'], enableCpuMemArena: arena }),
  ])
})

test('ONNX Runtime leaves no id of the machine and sends nothing', () => {
  const cache = mkdtempSync(join(tmpdir(), 'facekp-onnx-'))
  const program = runTypeScript(new URL('../../fixtures/failing-graph.ts', import.meta.url))
  // On machines that it takes for CI, it writes and sends nothing anyway.
  // The proxy does not exist: no test sends anything.
  const env = { PATH: process.env.PATH, HOME: cache, XDG_CACHE_HOME: cache, HTTPS_PROXY: 'http://127.0.0.1:9' }
  const run = (settings: NodeJS.ProcessEnv): string[] => {
    spawnSync(process.execPath, program, { env: { ...env, ...settings } })
    return readdirSync(cache, { recursive: true, encoding: 'utf8' })
  }
  expect(run({})).toEqual([])
  // This test finds out if a later release writes its files elsewhere.
  if (process.platform === 'linux') expect(run({ ORT_DISABLE_TELEMETRY: '0' }).join()).toContain('deviceid')
  rmSync(cache, { recursive: true })
})

test('an error when a graph runs is thrown, and not printed too', () => {
  const program = runTypeScript(new URL('../../fixtures/failing-graph.ts', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' })
  expect(stdout).toMatch(/ONNX_RUN$/)
  expect(stderr).not.toContain('onnxruntime')
})
