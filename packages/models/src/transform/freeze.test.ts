import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { noseNet } from '../networks/nose-net.ts'
import { resNet } from '../networks/resnet.ts'
import { freeze, listStages, unfreeze } from './freeze.ts'

beforeAll(() => tf.setBackend('cpu'))

const small = () => resNet({ depth: 18, height: 32, width: 32, numKeypoints: 2, baseChannels: 2 })

test('a residual network has stages, other networks one stage per layer', () => {
  expect(listStages(small())).toEqual(['conv1', 'bn1', 'layer1', 'layer2', 'layer3', 'layer4', 'fc'])
  expect(listStages(noseNet())).toEqual(['conv1', 'conv2', 'conv3', 'dense1', 'dense2'])
})

test('the cell centers of a head are not a stage and are never trained', () => {
  const head = (kind: 'heatmaps' | 'simcc') =>
    resNet({ depth: 18, height: 32, width: 32, numKeypoints: 2, baseChannels: 2, head: kind })
  expect(listStages(head('heatmaps')).slice(-2)).toEqual(['deconv_layers', 'heatmaps'])
  const model = head('simcc')
  expect(listStages(model).slice(-3)).toEqual(['simcc_maps', 'simcc_x', 'simcc_y'])
  const trainable = model.trainableWeights.length
  unfreeze(model)
  expect(model.trainableWeights).toHaveLength(trainable)
})

test('frozen stages have no gradient and unchanged statistics; unfreeze reverses it', () => {
  const model = small()
  const image = tf.randomUniform([1, 32, 32, 1], -0.5, 0.5, 'float32', 1)
  const trained = (): string[] =>
    tf.tidy(() => {
      const variables = model.trainableWeights.map((weight) => (weight as unknown as { readonly val: tf.Variable }).val)
      const loss = () => (model.apply(image, { training: true }) as tf.Tensor).sum().asScalar()
      return Object.keys(tf.variableGrads(loss, variables).grads)
    })
  const trainedCount = trained().length
  const statistics = () => model.getLayer('layer1.0.bn1').getWeights()[3]?.dataSync()

  freeze(model, ['conv1', 'bn1', 'layer1'])
  const before = statistics()
  const left = trained()
  expect(left.length).toBeLessThan(trainedCount)
  expect(left.filter((name) => /^(conv1|bn1|layer1)/.test(name))).toEqual([])
  expect(left.some((name) => name.startsWith('layer2.0.conv1'))).toBe(true)
  expect(statistics()).toEqual(before)

  unfreeze(model, ['layer1'])
  trained()
  expect(statistics()).not.toEqual(before)
  freeze(model)
  expect(model.trainableWeights).toEqual([])
  unfreeze(model)
  expect(trained()).toHaveLength(trainedCount)
})

test('an unknown stage is an error, and nothing is frozen', () => {
  const model = small()
  const before = model.trainableWeights.length
  expect(() => freeze(model, ['layer1', 'layer5'])).toThrow(
    expect.objectContaining({
      code: 'MODEL_STAGE',
      received: 'layer5',
      expected: 'one of conv1, bn1, layer1, layer2, layer3, layer4, fc',
    }),
  )
  expect(model.trainableWeights).toHaveLength(before)
})
