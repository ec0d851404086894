import { checkArgument, FacekpError, type Image } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { getLayers } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { getPreprocessing, preprocessImage } from '../preprocessing.ts'

/** The kernel of one convolution layer. */
export interface ConvolutionFilters {
  /** Name of the layer. */
  readonly name: string
  readonly height: number
  readonly width: number
  /** Input channels of each filter. */
  readonly inputs: number
  readonly filters: number
  /** [height, width, inputs, filters], row-major. */
  readonly weights: Float32Array
}

/** The output of one convolution layer for an image. */
export interface FeatureMaps {
  /** Name of the layer. */
  readonly name: string
  readonly height: number
  readonly width: number
  readonly channels: number
  /** [height, width, channels], row-major. */
  readonly values: Float32Array
}

/**
 * Reads the filters of every convolution layer of a model, also within nested models, in the order of the layers.
 *
 * @example
 * ```ts
 * const [first] = await convolutionFilters(faceNet()) // conv1: 6 filters of 3 x 3 over 1 input
 * ```
 */
export async function convolutionFilters(model: tfl.LayersModel): Promise<ConvolutionFilters[]> {
  checkArgument(KINDS.model, model, 'model', 'convolutionFilters')
  return Promise.all(
    getConvolutions(getLayers(model)).map(async (layer) => {
      const kernel = layer.getWeights()[0] as tf.Tensor
      const [height, width, inputs, filters] = kernel.shape as [number, number, number, number]
      return { name: layer.name, height, width, inputs, filters, weights: (await kernel.data()) as Float32Array }
    }),
  )
}

/**
 * Computes the output of every convolution layer for one image, after its activation if it has one. Those within nested models are left
 * out.
 *
 * @param image bytes, to which the model's {@link getPreprocessing} is applied, or real numbers, which are used unchanged
 * @throws FacekpError `MODEL_IMAGE` if the image does not have the model's input size
 * @example
 * ```ts
 * const [first] = await featureMaps(faceNet(), sample.image) // conv1: 6 maps of 480 x 360
 * ```
 */
export async function featureMaps(model: tfl.LayersModel, image: Image): Promise<FeatureMaps[]> {
  checkArgument(KINDS.model, model, 'model', 'featureMaps')
  checkArgument(KINDS.image, image, 'image', 'featureMaps')
  const shape = checkImage(model, image)
  const layers = getConvolutions(model.layers)
  if (layers.length === 0) return []
  const values = preprocessImage(image, getPreprocessing(model))
  const outputs = tf.tidy(() => {
    const network = tfl.model({
      inputs: model.inputs,
      outputs: layers.map(({ output }) => output as tfl.SymbolicTensor),
    })
    return [network.predict(tf.tensor4d(values, [1, ...shape]))].flat()
  })
  try {
    return await Promise.all(
      outputs.map(async (output, i) => {
        const [, height, width, channels] = output.shape as [number, number, number, number]
        const data = (await output.data()) as Float32Array
        return { name: (layers[i] as tfl.layers.Layer).name, height, width, channels, values: data }
      }),
    )
  } finally {
    tf.dispose(outputs)
  }
}

/** Checks an image against the model's input, and returns its shape [height, width, channels]. */
function checkImage(model: tfl.LayersModel, image: Image): [number, number, number] {
  const shape: [number, number, number] = [image.height, image.width, image.channels]
  const expected = model.inputs[0]?.shape.slice(1) as number[]
  if (shape.every((side, i) => side === expected[i])) return shape
  throw new FacekpError({
    code: 'MODEL_IMAGE',
    problem: `image does not fit the input of model ${model.name}`,
    expected: `${expected[1]} x ${expected[0]} x ${expected[2]} (width, height, channels)`,
    received: `${image.width} x ${image.height} x ${image.channels}`,
  })
}

function getConvolutions(layers: readonly tfl.layers.Layer[]): tfl.layers.Layer[] {
  return layers.filter((layer) => layer.getClassName() === 'Conv2D')
}
