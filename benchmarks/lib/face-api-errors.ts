import { type Dataset, IBUG_68 } from '@facekp/core'
import { readIbug300W } from '@facekp/data-ibug/node'
import { type Evaluation, evaluateKeypoints, type KeypointPair } from '@facekp/metrics'
import * as tf from '@tensorflow/tfjs'
import { FACE_API_SIDE, type FaceApiNet } from './face-api.ts'

/** The square around the target keypoints that a net sees. */
export interface FaceBox {
  /** Its side as a multiple of the longer side of the keypoints’ bounding box. */
  readonly scale: number
  /** Distance of its center below that of the bounding box, relative to its side. */
  readonly below: number
}

/** The box is chosen on every 16th training face. */
const TUNING_STEP = 16
const BATCH = 32

/**
 * Evaluates the nets of face-api on the common part of the 300-W protocol, in squares around the target keypoints instead of a
 * detector's boxes. Size and position of the squares are chosen for each net on training faces.
 */
export async function evaluateFaceApi(
  folder: string,
  nets: readonly FaceApiNet[],
): Promise<{ name: string; box: FaceBox; evaluation: Evaluation }[]> {
  const { train, common } = await readIbug300W(folder, { channels: 3, crop: { size: 320, margin: 0.45 } })
  const tuningFaces = await loadEvery(train, TUNING_STEP)
  const testFaces = await loadEvery(common, 1)
  const results: { name: string; box: FaceBox; evaluation: Evaluation }[] = []
  for (const net of nets) {
    const box = await chooseBox(net, tuningFaces)
    results.push({ name: net.name, box, evaluation: await evaluate(net, testFaces, box) })
  }
  for (const { pixels } of [...tuningFaces, ...testFaces]) pixels.dispose()
  return results
}

interface Face {
  readonly id: string
  readonly pixels: tf.Tensor3D
  readonly points: Float32Array
}

async function loadEvery(dataset: Dataset, step: number): Promise<Face[]> {
  const faces: Face[] = []
  for (let i = 0; i < dataset.length; i += step) {
    const { id, image, keypoints } = await dataset.get(i)
    const pixels = tf.tensor3d(Uint8Array.from(image.data), [image.height, image.width, 3], 'int32')
    faces.push({ id, pixels, points: Float32Array.from(keypoints) })
  }
  return faces
}

/** Chooses the box with the smallest NME. */
async function chooseBox(net: FaceApiNet, faces: readonly Face[]): Promise<FaceBox> {
  let best = { box: { scale: 1, below: 0 }, nme: Number.POSITIVE_INFINITY }
  for (const scale of [1.1, 1.2, 1.3, 1.4, 1.5]) {
    for (const below of [0, 0.05, 0.1, 0.15, 0.2]) {
      const box = { scale, below }
      const nme = (await evaluate(net, faces, box)).nme.value
      if (nme < best.nme) best = { box, nme }
    }
  }
  return best.box
}

async function evaluate(net: FaceApiNet, faces: readonly Face[], box: FaceBox): Promise<Evaluation> {
  const pairs: KeypointPair[] = []
  for (let start = 0; start < faces.length; start += BATCH) {
    const batch = faces.slice(start, start + BATCH)
    const squares = batch.map((face) => computeSquare(face.points, box))
    const crops = batch.map(({ pixels }, i) => tf.tidy(() => cropSquare(pixels, squares[i] as Square)))
    const relative = await net.predict(crops)
    const outputs = await relative.data()
    for (const [i, { id, points: target }] of batch.entries()) {
      const { left, top, side } = squares[i] as Square
      const predicted = target.map(
        (_, k) => (k % 2 ? top : left) + (outputs[i * target.length + k] as number) * side - 0.5,
      )
      pairs.push({ id, target, predicted })
    }
    tf.dispose([...crops, relative])
  }
  return evaluateKeypoints(pairs, IBUG_68, { normalization: 'interocular', threshold: 0.08 })
}

/** In pixels, from the edges of the image. */
interface Square {
  readonly left: number
  readonly top: number
  readonly side: number
}

function computeSquare(points: Float32Array, { scale, below }: FaceBox): Square {
  const x = points.filter((_, i) => i % 2 === 0)
  const y = points.filter((_, i) => i % 2 === 1)
  const left = Math.min(...x)
  const right = Math.max(...x)
  const top = Math.min(...y)
  const bottom = Math.max(...y)
  const side = scale * Math.max(right - left, bottom - top)
  return {
    left: (left + right + 1 - side) / 2,
    top: (top + bottom + 1 - side) / 2 + below * side,
    side,
  }
}

/** Crops and resizes to [1, 112, 112, 3] of 0..255; black outside the image. */
function cropSquare(pixels: tf.Tensor3D, { left, top, side }: Square): tf.Tensor4D {
  const [height, width] = pixels.shape
  const half = side / FACE_API_SIDE / 2 - 0.5
  const normalizeRange = (start: number, size: number): [number, number] => [
    (start + half) / (size - 1),
    (start + side - half - 1) / (size - 1),
  ]
  const [y1, y2] = normalizeRange(top, height)
  const [x1, x2] = normalizeRange(left, width)
  const size: [number, number] = [FACE_API_SIDE, FACE_API_SIDE]
  return tf.image.cropAndResize(pixels.expandDims<tf.Tensor4D>(0).toFloat(), [[y1, x1, y2, x2]], [0], size)
}
