import {
  type Affine,
  FacekpError,
  fromRelative,
  type Image,
  type Keypoints,
  mapKeypoints,
  warpAffine,
} from '@facekp/core'
import { toGray, toRgb } from '@facekp/image'
import { getHead, type ModelHead, readModel } from '@facekp/models'
import { preprocessImage } from '@facekp/tfjs-utils'
import { readTensors } from '@facekp/tfjs-utils/read-tensors'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { Landmarks } from '../landmarks.ts'
import { mirrorPoints } from '../mirror-points.ts'
import type { NetworkInput, StoredNetwork } from './network-model.ts'

/** A network on the active backend. */
export interface CropNetwork {
  /**
   * Finds the points in crops of an image. Their confidence is the mean of the points', or 1 if the head has none.
   *
   * @param crops maps from pixels of each crop to those of the image
   * @param flip for each point the one that it becomes in a mirrored face, to average with mirrored crops; undefined: no average
   */
  predict(image: Image, crops: readonly Affine[], flip?: readonly number[]): Promise<Landmarks[]>
  dispose(): void
}

/** Where a network comes from. */
export interface NetworkSource {
  readonly network: StoredNetwork
  readonly pointCount: number
  /** Name of `landmarker.json` in errors. */
  readonly file: string
  /** Returns the bytes of a file beside `landmarker.json`. */
  readonly getFile: (name: string) => Uint8Array
}

/** A layers model and its head. */
export interface CropModel {
  readonly layers: tfl.LayersModel
  readonly head: ModelHead
}

/**
 * Loads a layers model and checks that it has the head, the input and the points that `landmarker.json` says.
 *
 * @throws FacekpError `LANDMARKER_MODEL`, and what `readModel` of `@facekp/models` throws
 */
export async function loadCropModel({ network, pointCount, file, getFile }: NetworkSource): Promise<CropModel> {
  const layers = await readModel(
    getFile(network.model),
    async () => getFile(network.weights),
    `${network.model} of ${file}`,
  )
  const head = getHead(layers)
  try {
    checkNetwork(layers, head, { network, pointCount, file })
  } catch (error) {
    layers.dispose()
    throw error
  }
  return { layers, head }
}

/** Loads a network as {@link loadCropModel} does. */
export async function loadCropNetwork(source: NetworkSource): Promise<CropNetwork> {
  const { network } = source
  const { layers, head } = await loadCropModel(source)
  return {
    async predict(image, crops, flip) {
      if (crops.length === 0) return []
      const pixels = convertImage(image, network.input)
      const inputs = crops.map((crop) => renderCrop(pixels, crop, network.input))
      const input = tf.stack(inputs)
      tf.dispose(inputs)
      try {
        return await runNetwork(head, input as tf.Tensor4D, { crops, flip, input: network.input })
      } finally {
        input.dispose()
      }
    },
    dispose: () => void layers.dispose(),
  }
}

function checkNetwork(
  model: tfl.LayersModel,
  head: ModelHead,
  { network, pointCount, file }: Omit<NetworkSource, 'getFile'>,
): void {
  const { width, height, channels } = network.input
  const expected = { input: [null, height, width, channels], output: [null, 2 * pointCount], head: network.head }
  const received = { input: model.inputs[0]?.shape, output: model.outputs[0]?.shape, head: head.kind }
  if (JSON.stringify(expected) === JSON.stringify(received)) return
  throw new FacekpError({
    code: 'LANDMARKER_MODEL',
    problem: `${network.model} is not the network that landmarker.json describes`,
    file,
    expected: JSON.stringify(expected),
    received: JSON.stringify(received),
  })
}

/** Converts an image to bytes of the network's channels. */
function convertImage(image: Image, { channels }: NetworkInput): Image<Uint8Array> {
  const { data } = image
  // Real numbers of images are -0.5..0.5.
  const bytes =
    data instanceof Uint8Array ? data : Uint8Array.from(Uint8ClampedArray.from(data.map((x) => 255 * (x + 0.5))))
  const converted: Image<Uint8Array> = { ...image, data: bytes }
  return channels === 1 ? toGray(converted) : toRgb(converted)
}

function renderCrop(
  image: Image<Uint8Array>,
  crop: Affine,
  { width, height, channels, mean, std }: NetworkInput,
): tf.Tensor {
  const { data } = preprocessImage(warpAffine(image, crop, { width, height }), { channels, mean, std })
  return tf.tensor3d(data, [height, width, channels])
}

interface Run {
  readonly crops: readonly Affine[]
  readonly flip: readonly number[] | undefined
  readonly input: NetworkInput
}

async function runNetwork({ network, decode }: ModelHead, images: tf.Tensor4D, run: Run): Promise<Landmarks[]> {
  const { crops, flip, input } = run
  const outputs = tf.tidy(() => {
    const batch = flip ? tf.concat([images, tf.reverse(images, 2)]) : images
    const { points, confidence } = decode([network.predict(batch)].flat())
    return [points, ...(confidence ? [tf.mean(confidence, 1)] : [])]
  })
  const [points, confidences] = (await readTensors(outputs)) as [Float32Array, Float32Array?]
  const length = points.length / (flip ? 2 * crops.length : crops.length)
  const getPoints = (i: number): Float32Array => points.subarray(i * length, (i + 1) * length)
  return crops.map((crop, i) => {
    const mirrored = flip && mirrorPoints(getPoints(crops.length + i), flip)
    const relative = getPoints(i).map((value, k) => (mirrored ? (value + (mirrored[k] as number)) / 2 : value))
    return { points: mapToImage(relative, crop, input), confidence: confidences?.[i] ?? 1 }
  })
}

function mapToImage(relative: Float32Array, crop: Affine, { width, height }: NetworkInput): Keypoints {
  return mapKeypoints(crop, fromRelative(relative, width, height))
}
