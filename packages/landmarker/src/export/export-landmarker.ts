import { exportOnnx, type OnnxFunction } from '@facekp/backend-onnx'
import { flipIndices, type KeypointScheme } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import { INPUT_SIDE, pickOutputs } from '../mesh-network.ts'
import { openPath } from '../model/folder-on-disk.ts'
import { checkWeights, type LandmarkerModel, parseModel } from '../model/landmarker-model.ts'
import { LANDMARKER_FILE, readLandmarker } from '../model/read-landmarker.ts'
import { decodeMap } from '../predictors/mesh-regression.ts'
import type { NetworkPredictor } from '../predictors/network-model.ts'
import { getReadyPredictor, isReadyScheme, type ReadyScheme } from '../predictors/ready-predictors.ts'
import { decodeRefinement } from '../predictors/refined-regression.ts'
import { describeMeshLandmarker, describeNetworkLandmarker } from './landmarker-metadata.ts'
import { createMeshFunction, type PointsFromMesh } from './mesh-tensors.ts'
import { createNetworkFunction } from './network-tensors.ts'

const optionsSchema = z.strictObject({
  path: z.string().check(z.minLength(1)),
  check: z._default(z.boolean(), false),
})

export interface ExportLandmarkerOptions {
  /** File to write, completely or not at all; its folder is created if it does not exist. */
  readonly path: string
  /** Runs the file before it is written, and throws if its points are others than those of the landmarker; default false. */
  readonly check?: boolean | undefined
}

/** Where and how a file is written. */
interface Target {
  readonly path: string
  readonly maxDifference?: number
}

/** Largest difference of points that a check accepts, in pixels of the crop. */
const MAX_DIFFERENCE = 0.05

/**
 * Writes a landmarker as one ONNX file that needs no other: weights, and in its metadata what `landmarker.json` holds.
 *
 * The file computes points from a crop of a face; docs/onnx-landmarker.md describes how to create that crop in any language. Needs
 * package `@facekp/backend-onnx`. Any TensorFlow.js backend may be active.
 *
 * @param source `mesh-468`, `ibug-68`, a model of `fitFewShot` or `createNetworkLandmarker`, or the folder that `saveLandmarker` wrote it
 *   to
 * @throws FacekpError `LANDMARKER_OPTION`, `LANDMARKER_FILE`, `LANDMARKER_MODEL`, what `readModel` of `@facekp/models` throws;
 *   `ONNX_EXPORT` if the file cannot be written or does not pass the check; `ONNX_RUNTIME` if ONNX Runtime is not installed
 * @example
 * ```ts
 * await exportLandmarker('my-landmarker', { path: 'my-landmarker.onnx' })
 * ```
 */
export async function exportLandmarker(
  source: ReadyScheme | LandmarkerModel | (string & {}),
  options: ExportLandmarkerOptions,
): Promise<void> {
  const code = 'LANDMARKER_OPTION'
  const { path, check } = parseOptions({ schema: optionsSchema, value: options, code, name: 'exportLandmarker' })
  const target = { path, ...(check && { maxDifference: MAX_DIFFERENCE }) }
  if (isReadyScheme(source)) {
    const { scheme, tta, indices } = getReadyPredictor(source)
    return writeMeshFile(target, { scheme, tta, points: { indices } })
  }
  const model = await resolveModel(source)
  const { predictor, scheme } = model
  if (predictor.kind === 'network') return writeNetworkFile(target, model, predictor)
  const map = decodeMap(predictor.regression, scheme, undefined)
  if (predictor.kind === 'meshRegression') {
    return writeMeshFile(target, { scheme, tta: predictor.tta, points: { map }, model })
  }
  const refinement = decodeRefinement(predictor.refinement, scheme, undefined)
  return writeMeshFile(target, {
    scheme,
    tta: predictor.tta,
    points: { map, refinement, flip: flipIndices(scheme) },
    model,
  })
}

async function resolveModel(source: LandmarkerModel | string): Promise<LandmarkerModel> {
  if (typeof source === 'string') return readLandmarker(await openPath(source))
  const model = parseModel(source)
  checkWeights(model)
  return model
}

interface MeshLandmarker {
  readonly scheme: KeypointScheme
  readonly tta: boolean
  readonly points: PointsFromMesh
  readonly model?: LandmarkerModel
}

async function writeMeshFile(target: Target, { scheme, tta, points, model }: MeshLandmarker): Promise<void> {
  const { FACEMESH } = await import('../facemesh.embedded.ts')
  const metadata = describeMeshLandmarker({ scheme, tta, model })
  const network = pickOutputs(FACEMESH, 'refinement' in points)
  const source = createMeshFunction({ network, tta, points })
  await exportOnnx(source, { inputShape: [INPUT_SIDE, INPUT_SIDE, 3], ...target, metadata })
}

async function writeNetworkFile(target: Target, model: LandmarkerModel, predictor: NetworkPredictor): Promise<void> {
  // Loaded only now: other landmarkers do without layers models.
  const { loadCropModel } = await import('../predictors/crop-network.ts')
  const { scheme, files = {} } = model
  const { tta, network } = predictor
  const { input } = network
  const { layers, head } = await loadCropModel({
    network,
    pointCount: scheme.pointNames.length,
    file: LANDMARKER_FILE,
    getFile: (name) => files[name] as Uint8Array,
  })
  try {
    // Backends that read asynchronously keep the numbers, and recording reads them synchronously.
    await Promise.all(layers.getWeights().map((weight) => weight.data()))
    const source: OnnxFunction = createNetworkFunction({ head, input, flip: tta ? flipIndices(scheme) : undefined })
    const metadata = describeNetworkLandmarker(model, predictor)
    await exportOnnx(source, { inputShape: [input.height, input.width, input.channels], ...target, metadata })
  } finally {
    layers.dispose()
  }
}
