import { expect, test } from '@jest/globals'
import { runOnSwiftShader, testOnSwiftShader } from '../../../tests/support/swiftshader.ts'

interface Outcome {
  readonly backend: string
  readonly detail: string
  readonly losses: readonly number[]
  readonly mirrorPad: readonly number[]
}

interface Kernels {
  readonly backend: string
  readonly differences: Readonly<Record<string, number>>
  readonly programs: number
  readonly memory: readonly (readonly [tensors: number, bytes: number])[]
  readonly moved: number
  readonly snapshotMoved: number
  readonly ofMask: readonly number[]
  readonly sums: Readonly<Record<string, readonly number[]>>
}

const fixture = (name: string): URL => new URL(`../fixtures/${name}.ts`, import.meta.url)

const trainOn = (backend: string): Outcome => runOnSwiftShader(fixture('webgpu-steps'), backend) as Outcome

testOnSwiftShader('trains through WebGPU in Node as on backend cpu, and the process ends', () => {
  const [gpu, cpu] = [trainOn('webgpu'), trainOn('cpu')]
  expect(gpu.backend).toBe('webgpu')
  expect(gpu.detail).toMatch(/swiftshader.*software/i)
  for (const [i, loss] of gpu.losses.entries()) {
    expect(Math.abs(loss - (cpu.losses[i] as number)) / (cpu.losses[i] as number)).toBeLessThan(1e-3)
  }
  expect(gpu.losses[3]).toBeLessThan(gpu.losses[0] as number)
  expect(gpu.mirrorPad).toEqual([2, 8, 12, 8])
})

testOnSwiftShader(
  'steps of Adam are one program each, as on backend cpu, and leave clones and memory as they were; sums take any number of terms',
  () => {
    const { backend, differences, programs, memory, moved, snapshotMoved, ofMask, sums } = runOnSwiftShader(
      fixture('webgpu-kernels'),
    ) as Kernels
    expect(backend).toBe('webgpu')
    expect(Object.keys(differences)).toHaveLength(17)
    for (const [what, difference] of Object.entries(differences))
      expect([what, difference < 1e-5 || difference]).toEqual([what, true])
    expect(programs).toBe(20)
    expect(new Set(memory.slice(1).map(String)).size).toBe(1)
    expect(moved).toBeGreaterThan(0.05)
    expect(snapshotMoved).toBe(0)
    for (const [i, expected] of [0, 0.99, 0.99].entries()) expect(ofMask[i]).toBeCloseTo(expected, 5)
    expect(sums).toEqual({ 1: [0, -1, 0], 7: [21, -7, 0], 8: [28, -8, 0], 62: [1891, -62, 0] })
  },
)

test('the fixture runs on backend cpu', () => {
  expect(trainOn('cpu').mirrorPad).toEqual([2, 8, 12, 8])
})
