import { FacekpError, type Image, normalizeImage } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'

/** The kernel of one convolution layer. */
export interface ConvolutionFilters {
  /** Of the layer. */
  readonly name: string
  readonly height: number
  readonly width: number
  /** Channels that each filter looks at. */
  readonly inputs: number
  readonly filters: number
  /** [height, width, inputs, filters], row-major. */
  readonly weights: Float32Array
}

/** What one layer makes of a picture. */
export interface FeatureMaps {
  /** Of the layer. */
  readonly name: string
  readonly height: number
  readonly width: number
  readonly channels: number
  /** [height, width, channels], row-major. */
  readonly values: Float32Array
}

/**
 * The learned filters of every convolution layer of a model, from its input on; none for a model without any.
 *
 * @example
 * ```ts
 * const [first] = await convolutionFilters(faceNet()) // conv1: 6 filters of 3 x 3 over 1 input
 * ```
 */
export async function convolutionFilters(model: tf.LayersModel): Promise<ConvolutionFilters[]> {
  return Promise.all(
    convolutionsOf(model).map(async (layer) => {
      const kernel = layer.getWeights()[0] as tf.Tensor
      const [height, width, inputs, filters] = kernel.shape as [number, number, number, number]
      return { name: layer.name, height, width, inputs, filters, weights: (await kernel.data()) as Float32Array }
    }),
  )
}

/**
 * What every convolution layer of a model makes of one picture, its activation included where the layer has one. A picture
 * of bytes is taken as -0.5..0.5. Leaves no tensor behind. Throws `MODEL_IMAGE` where the picture is not of the size
 * that the model takes.
 *
 * @example
 * ```ts
 * const [first] = await featureMaps(faceNet(), sample.image) // conv1: 6 maps of 480 x 360
 * ```
 */
export async function featureMaps(model: tf.LayersModel, image: Image): Promise<FeatureMaps[]> {
  const shape = [image.height, image.width, image.channels] as const
  const wanted = model.inputs[0]?.shape.slice(1) as number[]
  if (shape.some((side, i) => side !== wanted[i])) {
    throw new FacekpError({
      code: 'MODEL_IMAGE',
      problem: 'the picture is not of the size that the model takes',
      received: `${image.width} x ${image.height} x ${image.channels}`,
      expected: `${wanted[1]} x ${wanted[0]} x ${wanted[2]} (width, height, channels)`,
    })
  }
  const layers = convolutionsOf(model)
  if (layers.length === 0) return []
  const outputs = tf.tidy(() =>
    [
      tf
        .model({ inputs: model.inputs, outputs: layers.map(({ output }) => output as tf.SymbolicTensor) })
        .predict(tf.tensor4d(normalizeImage(image).data, [1, ...shape])),
    ].flat(),
  )
  try {
    return await Promise.all(
      outputs.map(async (output, i) => {
        const [, height, width, channels] = output.shape as [number, number, number, number]
        const values = (await output.data()) as Float32Array
        return { name: (layers[i] as tf.layers.Layer).name, height, width, channels, values }
      }),
    )
  } finally {
    tf.dispose(outputs)
  }
}

function convolutionsOf(model: tf.LayersModel): tf.layers.Layer[] {
  return model.layers.filter((layer) => layer.getClassName() === 'Conv2D')
}
