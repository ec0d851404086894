import {
  type ArgumentKind,
  checkOptions,
  formatValue,
  type Image,
  integerKind,
  objectKind,
  optionsKind,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { createSharedUse, loadGraph } from '@facekp/graph'
import * as tf from '@tensorflow/tfjs-core'
import { BOX_CORRECTION, type BoxCorrection } from './correct-box.ts'
import { detectInImages } from './detect.ts'
import type { DetectFaces, Detection, DetectOptions } from './detection.ts'
import { disposedError, imageError, noBackendError } from './errors.ts'

const LOAD_OPTIONS = optionsKind({
  boxCorrection: {
    ...objectKind({ shiftY: KINDS.number, width: KINDS.positive, height: KINDS.positive }),
    isStrict: true,
  },
})

const SCORE: ArgumentKind<number> = {
  expected: 'a number from 0 to 1',
  test: (value) => KINDS.number.test(value) && (value as number) >= 0 && (value as number) <= 1,
}
const DETECT_OPTIONS = optionsKind({
  minScore: SCORE,
  maxFaces: KINDS.size,
  tiles: integerKind(1, 10),
  rotations: KINDS.boolean,
})

const CODE = 'DETECTOR_OPTION'

export interface DetectorOptions {
  /** How the network's box becomes that of a detection; default: to the box around a face's points from eyebrows to chin. */
  readonly boxCorrection?: BoxCorrection
}

export interface FaceDetector {
  /**
   * Finds the faces of an image.
   *
   * @throws FacekpError `DETECTOR_IMAGE`, `DETECTOR_NOT_FINITE`, `DETECTOR_OPTION`, `DETECTOR_DISPOSED`
   */
  readonly detectFaces: DetectFaces
  /**
   * Finds the faces of many images, several in one call of the network.
   *
   * @returns the faces of each image
   */
  detectBatch(images: readonly Image[], options?: DetectOptions): Promise<Detection[][]>
  /** Frees the weights, once the calls under way have ended. */
  dispose(): void
}

/**
 * Loads BlazeFace on the active backend of TensorFlow.js. Its weights come with this package; nothing is downloaded.
 *
 * @throws FacekpError `DETECTOR_BACKEND` if TensorFlow.js has no backend, `DETECTOR_OPTION`
 * @example
 * ```ts
 * const detector = await loadDetector()
 * const [face] = await detector.detectFaces(await readImage('group.jpg'), { maxFaces: 1 })
 * ```
 */
export async function loadDetector(options: DetectorOptions = {}): Promise<FaceDetector> {
  checkOptions(LOAD_OPTIONS, options, { code: CODE, name: 'loadDetector' })
  const { boxCorrection = BOX_CORRECTION } = options
  // Loaded only now: importing this package must not cost its weights.
  const { BLAZEFACE } = await import('./blazeface.embedded.ts')
  await tf.ready().catch((cause: unknown) => {
    throw noBackendError(cause)
  })
  const graph = loadGraph(BLAZEFACE)
  const use = createSharedUse(() => graph.dispose(), disposedError)
  const detectBatch: FaceDetector['detectBatch'] = (images, options = {}) =>
    use.run(async () => {
      if (!Array.isArray(images)) throw imageError(formatValue(images))
      checkOptions(DETECT_OPTIONS, options, { code: CODE, name: 'detectFaces' })
      const { minScore = 0.5, maxFaces, tiles = 1, rotations = false } = options
      for (const image of images) checkImage(image)
      return detectInImages({ graph, boxCorrection }, images, { minScore, maxFaces, tiles, rotations })
    })
  return {
    detectBatch,
    detectFaces: async (image, options) => ((await detectBatch([image], options)) as [Detection[]])[0],
    dispose: use.dispose,
  }
}

function checkImage(image: Image): void {
  const { data, width, height, channels } = image ?? {}
  const isTyped = data instanceof Uint8Array || data instanceof Float32Array
  const areSidesValid = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0
  if (isTyped && areSidesValid && (channels === 1 || channels === 3) && data.length === width * height * channels)
    return
  const size = `${data?.length} values for ${width} x ${height} x ${channels}`
  throw imageError(data === undefined ? formatValue(image) : size)
}
