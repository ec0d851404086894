import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'

// The specs that tfjs-core's own npm package carries, on backend cpu and on this one, each in a process of its own.
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const excused = JSON.parse(readFileSync(here('../specs/excused.json'), 'utf8')) as Record<string, string>

interface Result {
  readonly passed: readonly string[]
  readonly pending: readonly string[]
  readonly failed: readonly { readonly name: string; readonly message: string }[]
}

function specs(backend: 'cpu' | 'onnx'): Result {
  const output = execFileSync(process.execPath, [here('../specs/run.mjs'), backend], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
    maxBuffer: 2 ** 28,
  })
  return JSON.parse(output.trim().split('\n').at(-1) as string) as Result
}

const withoutBackend = (name: string): string => name.replace(/\b(cpu|onnx) \{\}/g, '{}')

const NONE: Result = { passed: [], pending: [], failed: [] }
let [cpu, onnx] = [NONE, NONE]
beforeAll(() => {
  cpu = specs('cpu')
  onnx = specs('onnx')
}, 600_000)

test('all specs run here that run on backend cpu, more than four thousand, but for two that are about backend cpu', () => {
  const names = ({ passed, pending, failed }: Result): Set<string> =>
    new Set([...passed, ...pending, ...failed.map(({ name }) => name)].map(withoutBackend))
  const here = names(onnx)
  expect([...names(cpu)].filter((name) => !here.has(name) && !name.startsWith('Switching cpu backends'))).toEqual([])
  expect(cpu.passed.length).toBeGreaterThan(4200)
  expect(onnx.pending).toHaveLength(cpu.pending.length)
})

test('each that passes on backend cpu passes here, but for those excused', () => {
  const failedOnCpu = new Set(cpu.failed.map(({ name }) => withoutBackend(name)))
  const failedHere = onnx.failed.filter(
    ({ name }) => !failedOnCpu.has(withoutBackend(name)) && !(withoutBackend(name) in excused),
  )
  expect(failedHere).toEqual([])
})

test('fewer than ten are excused, and each of those does fail', () => {
  expect(Object.keys(excused).length).toBeLessThan(10)
  const failed = new Set(onnx.failed.map(({ name }) => withoutBackend(name)))
  for (const name of Object.keys(excused)) expect(failed).toContain(name)
})
