import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { waves } from '../fixtures/compare.ts'
import { blurPool1d, blurPool2d, maxBlurPool1d, maxBlurPool2d } from './blur-pool.ts'
import { BlurPool1D, BlurPool2D, MaxBlurPool1D, MaxBlurPool2D } from './layers.ts'

beforeAll(() => tf.setBackend('cpu'))

const LAYERS: readonly {
  name: string
  shape: number[]
  layer: (inputShape: (number | null)[]) => tf.layers.Layer
  compute: (x: tf.Tensor) => tf.Tensor
}[] = [
  {
    name: 'BlurPool2D',
    shape: [9, 8, 2],
    layer: (inputShape) => new BlurPool2D({ inputShape, filterSize: 3, padding: 'replicate', strides: 3 }),
    compute: (x) => blurPool2d(x as tf.Tensor4D, { filterSize: 3, padding: 'replicate', strides: 3 }),
  },
  {
    name: 'BlurPool1D',
    shape: [9, 2],
    layer: (inputShape) => new BlurPool1D({ inputShape, convention: 'timm' }),
    compute: (x) => blurPool1d(x as tf.Tensor3D, { convention: 'timm' }),
  },
  {
    name: 'MaxBlurPool2D',
    shape: [9, 8, 2],
    layer: (inputShape) => new MaxBlurPool2D({ inputShape, poolSize: 3, convention: 'kornia' }),
    compute: (x) => maxBlurPool2d(x as tf.Tensor4D, { poolSize: 3, convention: 'kornia' }),
  },
  {
    name: 'MaxBlurPool1D',
    shape: [9, 2],
    layer: (inputShape) => new MaxBlurPool1D({ inputShape }),
    compute: (x) => maxBlurPool1d(x as tf.Tensor3D),
  },
]

describe.each(LAYERS)('$name', ({ name, shape, layer, compute }) => {
  test('computes the result of its function in the declared shape, without weights', () => {
    const model = tf.sequential({ layers: [layer(shape)] })
    const x = waves([2, ...shape], 0)
    const y = model.predict(x) as tf.Tensor
    expect(y.dataSync()).toEqual(compute(x).dataSync())
    expect(model.outputs[0]?.shape).toEqual([null, ...y.shape.slice(1)])
    expect(model.getWeights()).toEqual([])
  })

  test('is saved and loaded with its options', async () => {
    const model = tf.sequential({ layers: [layer(shape)] })
    let saved: tf.io.ModelArtifacts | undefined
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = JSON.parse(JSON.stringify(artifacts)) as tf.io.ModelArtifacts
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
      }),
    )
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts))
    expect(loaded.layers.at(-1)?.getClassName()).toBe(name)
    expect(loaded.layers.at(-1)?.getConfig()).toEqual(model.layers[0]?.getConfig())
    const x = waves([2, ...shape], 0)
    expect((loaded.predict(x) as tf.Tensor).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync())
  })

  test('takes images of any size if the model does', () => {
    const sides = shape.slice(0, -1)
    const model = tf.sequential({ layers: [layer([...sides.map(() => null), shape.at(-1) as number])] })
    expect(model.outputs[0]?.shape).toEqual([null, ...sides.map(() => null), shape.at(-1)])
    expect((model.predict(waves([1, ...shape], 0)) as tf.Tensor).shape).toHaveLength(shape.length + 1)
  })
})

test('the gradient reaches a convolution before it', () => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 2, kernelSize: 3, useBias: false }),
      new BlurPool2D(),
      tf.layers.globalAveragePooling2d({}),
    ],
  })
  const { grads } = tf.variableGrads(() =>
    (model.apply(waves([1, 8, 8, 1], 0), { training: true }) as tf.Tensor).sum().asScalar(),
  )
  expect(Object.values(grads)).toHaveLength(1)
  expect(Object.values(grads)[0]?.abs().max().dataSync()[0]).toBeGreaterThan(0)
})

test('rejects invalid options when it is made, and invalid input when it is applied', () => {
  expect(() => new BlurPool2D({ filterSize: 0 })).toThrow(expect.objectContaining({ code: 'BLUR_OPTIONS' }))
  expect(() => tf.sequential({ layers: [new BlurPool2D({ inputShape: [2, 8, 1] })] })).toThrow(
    expect.objectContaining({ code: 'BLUR_SIZE' }),
  )
  expect(() => tf.sequential({ layers: [new BlurPool2D({ inputShape: [8, 1] })] })).toThrow(/ndim|dim/)
})
