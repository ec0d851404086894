import { type Dataset, IBUG_68 } from '@facekp/core'
import { readIbug300W } from '@facekp/data-ibug/node'
import { type Evaluation, evaluateKeypoints, type KeypointPair } from '@facekp/metrics'
import * as tf from '@tensorflow/tfjs'
import { FACE_API_SIDE, type FaceApiNet } from './face-api.ts'

/** The face that is shown to the net: a square about the true points. */
export interface FaceBox {
  /** Its side as a multiple of the longer side of the box about the points. */
  readonly scale: number
  /** How far it lies below the middle of that box, as a part of its own side. */
  readonly below: number
}

/** Every so manyth face of the training part is enough to choose a box by. */
const EVERY = 16
const BATCH = 32

/**
 * The errors of face-api's nets on the common part of the 300-W protocol, in boxes about the true points: what no detector gives. Which box,
 * is chosen for each net on faces of the training part.
 */
export async function evaluateFaceApi(
  folder: string,
  nets: readonly FaceApiNet[],
): Promise<{ name: string; box: FaceBox; evaluation: Evaluation }[]> {
  const { train, common } = await readIbug300W(folder, { channels: 3, crop: { size: 320, margin: 0.45 } })
  const tuningFaces = await loadEvery(train, EVERY)
  const testFaces = await loadEvery(common, 1)
  const results: { name: string; box: FaceBox; evaluation: Evaluation }[] = []
  for (const net of nets) {
    let best = { box: { scale: 1, below: 0 }, nme: Number.POSITIVE_INFINITY }
    for (const scale of [1.1, 1.2, 1.3, 1.4, 1.5]) {
      for (const below of [0, 0.05, 0.1, 0.15, 0.2]) {
        const box = { scale, below }
        const nme = (await evaluate(net, tuningFaces, box)).nme.value
        if (nme < best.nme) best = { box, nme }
      }
    }
    results.push({ name: net.name, box: best.box, evaluation: await evaluate(net, testFaces, best.box) })
  }
  for (const { pixels } of [...tuningFaces, ...testFaces]) pixels.dispose()
  return results
}

interface Face {
  readonly id: string
  readonly pixels: tf.Tensor3D
  readonly points: Float32Array
}

async function loadEvery(dataset: Dataset, every: number): Promise<Face[]> {
  const faces: Face[] = []
  for (let i = 0; i < dataset.length; i += every) {
    const { id, image, keypoints } = await dataset.get(i)
    const pixels = tf.tensor3d(Uint8Array.from(image.data), [image.height, image.width, 3], 'int32')
    faces.push({ id, pixels, points: Float32Array.from(keypoints) })
  }
  return faces
}

async function evaluate({ points }: FaceApiNet, faces: readonly Face[], box: FaceBox): Promise<Evaluation> {
  const results: KeypointPair[] = []
  for (let at = 0; at < faces.length; at += BATCH) {
    const some = faces.slice(at, at + BATCH)
    const squares = some.map((face) => squareAbout(face.points, box))
    const shown = some.map(({ pixels }, i) => tf.tidy(() => cutOut(pixels, squares[i] as Square)))
    const relative = await points(shown)
    const numbers = await relative.data()
    for (const [i, { id, points: truth }] of some.entries()) {
      const { left, top, side } = squares[i] as Square
      const predicted = truth.map(
        (_, k) => (k % 2 ? top : left) + (numbers[i * truth.length + k] as number) * side - 0.5,
      )
      results.push({ id, target: truth, predicted: predicted })
    }
    tf.dispose([...shown, relative])
  }
  return evaluateKeypoints(results, IBUG_68, { normalization: 'interocular', threshold: 0.08 })
}

/** In pixels, from the edge of the image. */
interface Square {
  readonly left: number
  readonly top: number
  readonly side: number
}

function squareAbout(points: Float32Array, { scale, below }: FaceBox): Square {
  const [x, y] = [0, 1].map((axis) => points.filter((_, i) => i % 2 === axis)) as [Float32Array, Float32Array]
  const [left, right, top, bottom] = [Math.min(...x), Math.max(...x), Math.min(...y), Math.max(...y)]
  const side = scale * Math.max(right - left, bottom - top)
  return {
    left: (left + right + 1 - side) / 2,
    top: (top + bottom + 1 - side) / 2 + below * side,
    side,
  }
}

/** [1, 112, 112, 3] of 0..255; black beyond the image's edge. */
function cutOut(pixels: tf.Tensor3D, { left, top, side }: Square): tf.Tensor4D {
  const [height, width] = pixels.shape
  const half = side / FACE_API_SIDE / 2 - 0.5
  const ends = (from: number, size: number): [number, number] => [
    (from + half) / (size - 1),
    (from + side - half - 1) / (size - 1),
  ]
  const [[y1, y2], [x1, x2]] = [ends(top, height), ends(left, width)]
  const size: [number, number] = [FACE_API_SIDE, FACE_API_SIDE]
  return tf.image.cropAndResize(pixels.expandDims<tf.Tensor4D>(0).toFloat(), [[y1, x1, y2, x2]], [0], size)
}
