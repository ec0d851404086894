import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'

// Runs the specs that tfjs-core's npm package contains on backend cpu and on backend onnx, each in its own process.
const resolvePath = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const excused = JSON.parse(readFileSync(resolvePath('../specs/excused.json'), 'utf8')) as Record<string, string>

interface Result {
  readonly passed: readonly string[]
  readonly pending: readonly string[]
  readonly failed: readonly { readonly name: string; readonly message: string }[]
}

function runSpecs(backend: 'cpu' | 'onnx'): Result {
  const output = execFileSync(process.execPath, [resolvePath('../specs/run.mjs'), backend], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
    maxBuffer: 2 ** 28,
  })
  return JSON.parse(output.trim().split('\n').at(-1) as string) as Result
}

const removeBackendName = (name: string): string => name.replace(/\b(cpu|onnx) \{\}/g, '{}')

let cpu: Result
let onnx: Result
beforeAll(() => {
  cpu = runSpecs('cpu')
  onnx = runSpecs('onnx')
}, 600_000)

test('all specs of backend cpu, more than 4200, run on backend onnx, except for two about backend cpu itself', () => {
  const listNames = ({ passed, pending, failed }: Result): Set<string> =>
    new Set([...passed, ...pending, ...failed.map(({ name }) => name)].map(removeBackendName))
  const onnxNames = listNames(onnx)
  expect(
    [...listNames(cpu)].filter((name) => !onnxNames.has(name) && !name.startsWith('Switching cpu backends')),
  ).toEqual([])
  expect(cpu.passed.length).toBeGreaterThan(4200)
  expect(onnx.pending).toHaveLength(cpu.pending.length)
})

test('each spec that passes on backend cpu passes on backend onnx, unless it is excused', () => {
  const failedOnCpu = new Set(cpu.failed.map(({ name }) => removeBackendName(name)))
  const failedOnOnnx = onnx.failed.filter(
    ({ name }) => !failedOnCpu.has(removeBackendName(name)) && !(removeBackendName(name) in excused),
  )
  expect(failedOnOnnx).toEqual([])
})

test('fewer than ten specs are excused, and each of them fails', () => {
  expect(Object.keys(excused).length).toBeLessThan(10)
  const failed = new Set(onnx.failed.map(({ name }) => removeBackendName(name)))
  for (const name of Object.keys(excused)) expect(failed).toContain(name)
})
