import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { countTrainableParameters, type ResNetGolden } from '../../fixtures/torch-state.ts'
import { noseNet } from '../networks/nose-net.ts'
import { resNet } from '../networks/resnet.ts'
import { freeze } from '../transform/freeze.ts'
import { describeModel } from './describe-model.ts'

// Made by resnet.golden.py in networks/, which counts multiplications in PyTorch.
const goldens = JSON.parse(
  readFileSync(new URL('../networks/resnet.golden.json', import.meta.url), 'utf8'),
) as readonly ResNetGolden[]

beforeAll(() => tf.setBackend('cpu'))

test("counts a residual network's operations and parameters as PyTorch does", () => {
  for (const { depth, antialias, channels, height, width, macs, parameters } of goldens) {
    const model = resNet({ depth, height, width, numKeypoints: 3, baseChannels: channels, antialias: antialias && {} })
    const description = describeModel(model)
    expect(description.flops).toBe(2 * macs)
    expect(description.trainableParameters).toBe(parameters)
    freeze(model)
    expect(describeModel(model)).toMatchObject({ trainableParameters: 0, parameters: description.parameters })
    expect(countTrainableParameters(model)).toBe(0)
  }
})

test('describes each layer, also as a table', () => {
  const { name, layers, parameters, text } = describeModel(noseNet())
  expect([name, parameters]).toEqual(['noseNet', 1_272_050])
  expect(layers.find((layer) => layer.name === 'conv2')).toEqual({
    name: 'conv2',
    kind: 'Conv2D',
    shape: [30, 40, 24],
    parameters: 2616,
    flops: 2 * 30 * 40 * 24 * 12 * 9,
  })
  expect(layers.find((layer) => layer.name === 'dense2')?.flops).toBe(2 * 500 * 2)
  const lines = text.split('\n')
  expect(lines[0]).toMatch(/^layer +kind +output +parameters +MFLOP$/)
  expect(lines).toContainEqual(expect.stringMatching(/^conv2 +Conv2D +30 x 40 x 24 +2,616 +6\.2$/))
  expect(lines.at(-1)).toBe('1,272,050 of 1,272,050 parameters are trainable')
})

// What torch.utils.flop_counter counts of the same layers of PyTorch.
test.each<[string, tf.layers.Layer, number]>([
  [
    'transposed convolution: its 4 x 4 x 2 x 5 weights at 3 x 4 positions of its input',
    tf.layers.conv2dTranspose({ inputShape: [3, 4, 2], filters: 5, kernelSize: 4, strides: 2, padding: 'same' }),
    2 * 160 * 12,
  ],
  [
    'separable convolution: its 3 x 3 x 2 and 2 x 3 weights at 3 x 3 positions of its output',
    tf.layers.separableConv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
    2 * (18 + 6) * 9,
  ],
  [
    'convolution of channels-first data: its 3 x 3 x 2 x 5 weights at 6 x 7 positions',
    tf.layers.conv2d({
      inputShape: [2, 6, 7],
      filters: 5,
      kernelSize: 3,
      padding: 'same',
      dataFormat: 'channelsFirst',
    }),
    2 * 90 * 42,
  ],
  [
    'nested model: 3 x 3 x 2 x 5 weights at 4 x 5 positions, and 100 x 4',
    tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [6, 7, 2], filters: 5, kernelSize: 3 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 4 }),
      ],
    }),
    2 * (90 * 20 + 400),
  ],
])('counts a %s', (_, layer, flops) => {
  const { layers } = describeModel(tf.sequential({ layers: [layer] }))
  expect(layers.at(-1)?.flops).toBe(flops)
})

test('counts each call of a layer, also if their shapes differ', () => {
  const images = [tf.input({ shape: [4, 4, 1] }), tf.input({ shape: [2, 2, 1] })]
  const conv = tf.layers.conv2d({ name: 'shared', filters: 2, kernelSize: 1 })
  const nested = tf.sequential({
    layers: [tf.layers.dense({ name: 'nested', units: 3, inputShape: [2] })],
  })
  const outputs = images.map((image) =>
    nested.apply(tf.layers.globalAveragePooling2d({}).apply(conv.apply(image))),
  ) as tf.SymbolicTensor[]
  const { layers, flops } = describeModel(tf.model({ inputs: images, outputs }))
  // 2 weights at 16 and at 4 positions; 2 x 3 weights, twice.
  expect(layers.find(({ name }) => name === 'shared')?.flops).toBe(2 * 2 * (16 + 4))
  expect(flops).toBe(2 * 2 * (16 + 4) + 2 * 2 * 6)
})

test('has null for an unknown side', () => {
  const model = tf.sequential({
    layers: [tf.layers.conv2d({ inputShape: [null, 8, 1], filters: 2, kernelSize: 3, padding: 'same' })],
  })
  expect(describeModel(model).layers[0]).toMatchObject({ shape: [null, 8, 2], flops: 0 })
})
