import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import {
  computeReference,
  findWrongGradients,
  GRADIENT_CASES,
  type GradientReference,
} from '../support/gradient-cases.ts'
import { runOnSwiftShader, testOnSwiftShader } from '../support/swiftshader.ts'

// The operations of convolutional networks, over shapes, strides, paddings and alignments: central differences on backend cpu.

let reference: GradientReference

beforeAll(async () => {
  await useBackend('cpu')
  reference = computeReference()
})

test('each case has a name of its own', () => {
  expect(new Set(GRADIENT_CASES.map(({ name }) => name)).size).toBe(GRADIENT_CASES.length)
})

test.each(['cpu', 'wasm', 'onnx'] as const)(
  'all gradients on backend %s agree with central differences',
  async (backend) => {
    await useBackend(backend)
    const before = tf.memory().numTensors
    expect(await findWrongGradients(reference)).toEqual([])
    expect(tf.memory().numTensors).toBe(before)
  },
)

testOnSwiftShader('all gradients on backend webgpu agree with central differences', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-gradients-'))
  const file = join(folder, 'reference.json')
  writeFileSync(file, JSON.stringify(reference))
  try {
    expect(runOnSwiftShader(new URL('fixtures/gradients-on-webgpu.ts', import.meta.url), file)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
