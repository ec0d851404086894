import { type Image, type Keypoints, mapBox, mapKeypoints, pointAt } from '@facekp/core'
import type { LoadedGraph } from '@facekp/graph'
import * as tf from '@tensorflow/tfjs-core'
import { type BoxCorrection, correctBox } from './correct-box.ts'
import { type Candidate, decodeOutputs, type RawOutputs } from './decode.ts'
import type { Detection, ResolvedDetectOptions } from './detection.ts'
import { mergeDetections } from './merge.ts'
import { renderViews, type View } from './views.ts'

/** Largest number of views in one call of the network; more views need more memory and are not faster. */
const BATCH = 4

/** Horizontal distance from eyes to mouth relative to the vertical one, at a tilt of 50 degrees. */
const MAX_TILT = Math.tan((50 * Math.PI) / 180)

type Point = readonly [x: number, y: number]

interface ImageView extends View {
  readonly imageIndex: number
}

/** The network, and how its boxes are corrected. */
export interface Network {
  readonly graph: LoadedGraph
  readonly boxCorrection: BoxCorrection
}

/** Finds the faces of each image. */
export async function detectInImages(
  { graph, boxCorrection }: Network,
  images: readonly Image[],
  options: ResolvedDetectOptions,
): Promise<Detection[][]> {
  const detections = images.map((): Detection[] => [])
  for (const batch of groupInBatches(renderAllViews(images, options))) {
    const outputs = await runNetwork(graph, batch)
    for (const [i, view] of batch.entries()) {
      const candidates = decodeOutputs(outputs[i] as RawOutputs, view, options.minScore)
      const image = images[view.imageIndex] as Image
      detections[view.imageIndex]?.push(
        ...candidates
          .filter(({ points }) => !options.rotations || isUpright(points))
          .map((candidate) => mapToImage({ ...candidate, box: correctBox(candidate.box, boxCorrection) }, view))
          .filter((detection) => fitsView(detection, view, image)),
      )
    }
  }
  return detections.map((faces) => mergeDetections(faces).slice(0, options.maxFaces))
}

function* renderAllViews(images: readonly Image[], options: ResolvedDetectOptions): Generator<ImageView> {
  for (const [imageIndex, image] of images.entries()) {
    for (const view of renderViews(image, options)) yield { ...view, imageIndex }
  }
}

/** Groups views of the same size that follow one another. */
function* groupInBatches(views: Iterable<ImageView>): Generator<ImageView[]> {
  let batch: ImageView[] = []
  for (const view of views) {
    const [first = view] = batch
    const isSameSize = first.width === view.width && first.height === view.height
    if (batch.length === BATCH || !isSameSize) {
      yield batch
      batch = []
    }
    batch.push(view)
  }
  if (batch.length > 0) yield batch
}

async function runNetwork(graph: LoadedGraph, views: readonly View[]): Promise<RawOutputs[]> {
  const { width, height } = views[0] as View
  const outputs = tf.tidy(() => graph.run(tf.tensor4d(joinPixels(views), [views.length, height, width, 3])))
  try {
    const data = (await Promise.all(outputs.map((output) => output.data()))) as Float32Array[]
    return views.map((_, i) => {
      const [fineLogits, fineBoxes, coarseLogits, coarseBoxes] = data.map((values) => {
        const length = values.length / views.length
        return values.subarray(i * length, (i + 1) * length)
      }) as [Float32Array, Float32Array, Float32Array, Float32Array]
      return { logits: [fineLogits, coarseLogits], boxes: [fineBoxes, coarseBoxes] }
    })
  } finally {
    tf.dispose(outputs)
  }
}

function joinPixels(views: readonly View[]): Float32Array {
  const { pixels } = views[0] as View
  if (views.length === 1) return pixels
  const batch = new Float32Array(views.length * pixels.length)
  for (const [i, view] of views.entries()) batch.set(view.pixels, i * pixels.length)
  return batch
}

/**
 * Tests whether a face is upright in its view, by the line from its eyes to its mouth. Each face is so in one of four rotations, in
 * which its points and box are the most accurate.
 */
function isUpright(points: Keypoints): boolean {
  const [rightEye, leftEye, , mouth] = [0, 1, 2, 3].map((i) => pointAt(points, i)) as [Point, Point, Point, Point]
  const across = mouth[0] - (rightEye[0] + leftEye[0]) / 2
  const down = mouth[1] - (rightEye[1] + leftEye[1]) / 2
  return Math.abs(across) <= MAX_TILT * down
}

function mapToImage({ score, box, points }: Candidate, { toImage }: View): Detection {
  return { box: mapBox(toImage, box), score, points: mapKeypoints(toImage, points) }
}

/**
 * Tests whether a face belongs to this view: one that is larger than half of a tile, or that an edge of the tile cuts, is left to the
 * whole image or to a neighboring tile.
 */
function fitsView({ box }: Detection, { region }: View, image: Image): boolean {
  const isWhole = Math.max(region.width, region.height) >= Math.max(image.width, image.height)
  if (isWhole) return true
  const right = region.left + region.width
  const bottom = region.top + region.height
  return (
    Math.max(box.width, box.height) <= region.width / 2 &&
    (region.left <= 0 || box.left >= region.left) &&
    (region.top <= 0 || box.top >= region.top) &&
    (right >= image.width || box.left + box.width <= right) &&
    (bottom >= image.height || box.top + box.height <= bottom)
  )
}
