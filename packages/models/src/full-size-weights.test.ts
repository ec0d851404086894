import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import { requirement, testIf } from '../../../tests/support/require.ts'
import { fixturePath, type Golden, largestDifference, outputs } from '../fixtures/tiny-nets.ts'
import { torchResNet } from '../fixtures/torch-resnet.ts'
import { loadWeights } from './load-weights.ts'

const python = ['/usr/bin/python3', 'python3'].find((command) => {
  try {
    execFileSync(command, ['-c', 'import torch, torchvision'], { stdio: 'ignore' })
    return true
  } catch {
    return requirement('python')
  }
})
const test = testIf(python, 'a Python with torchvision')

let folder: string
beforeAll(async () => {
  // Engine cpu takes minutes for networks of this size.
  await tf.setBackend('wasm')
  folder = await mkdtemp(join(tmpdir(), 'facekp-full-'))
})
afterAll(() => rm(folder, { recursive: true }))

const STEM = { filters: 64, kernelSize: 7 }
const stages = (...blocks: readonly number[]) => blocks.map((count, i) => ({ filters: 64 * 2 ** i, blocks: count }))

describe.each([
  ['resnet18', { stem: STEM, stages: stages(2, 2, 2, 2) }],
  ['resnet50', { stem: STEM, stages: stages(3, 4, 6, 3), bottleneck: true }],
] as const)("torchvision's %s", (name, shape) => {
  test('gives the same in both of its formats, for colour and for grey pictures', async () => {
    const text = execFileSync(python as string, [fixturePath('make_full.py'), name, folder], { encoding: 'utf8' })
    const golden = JSON.parse(text) as Golden
    const { height, width } = golden
    const scale = Math.max(...golden.ofColor.map(Math.abs))

    const color = torchResNet({ ...shape, height, width, channels: 3, outputs: 1000 })
    const { loaded, ignored, file, ...rest } = await loadWeights(color, join(folder, `${name}.pth`))
    expect(rest).toEqual({ adapted: [], replaced: [], missing: [], unused: [] })
    expect(largestDifference(outputs(color, golden, 'color'), golden.ofColor) / scale).toBeLessThan(1e-4)

    const gray = torchResNet({ ...shape, height, width, channels: 1, outputs: 1000 })
    await loadWeights(gray, join(folder, `${name}-legacy.pth`))
    expect(largestDifference(outputs(gray, golden, 'gray'), golden.ofGray) / scale).toBeLessThan(1e-4)
    tf.dispose([color.weights, gray.weights].flat().map((weight) => weight.read()))
  })
})
