import { exportOnnx } from '@facekp/backend-onnx'
import { FacekpError, flipIndices } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import { INPUT_SIDE, pickOutputs } from '../mesh-network.ts'
import { createDiskFolder } from '../model/folder-on-disk.ts'
import { type LandmarkerModel, parseModel } from '../model/landmarker-model.ts'
import { readLandmarker } from '../model/read-landmarker.ts'
import { decodeMap } from '../predictors/mesh-regression.ts'
import { getReadyPredictor, isReadyScheme, type ReadyScheme } from '../predictors/ready-predictors.ts'
import { decodeRefinement } from '../predictors/refined-regression.ts'
import { describeLandmarker, type ExportedFacts } from './landmarker-metadata.ts'
import { createMeshFunction, type PointsFromMesh } from './mesh-tensors.ts'

const optionsSchema = z.strictObject({ path: z.string().check(z.minLength(1)) })

export interface ExportLandmarkerOptions {
  /** File to write, completely or not at all; its folder is created if it does not exist. */
  readonly path: string
}

/**
 * Writes a landmarker as one ONNX file that needs no other: weights, and in its metadata what `landmarker.json` holds.
 *
 * The file computes points from a leveled crop of a face; docs/onnx-landmarker.md describes how to create that crop in any language.
 * Needs package `@facekp/backend-onnx`. Any TensorFlow.js backend may be active.
 *
 * @param source `mesh-468`, `ibug-68`, a model of `fitFewShot`, or the folder that `saveLandmarker` wrote it to
 * @throws FacekpError `LANDMARKER_OPTION`, `LANDMARKER_FILE`, `LANDMARKER_MODEL`; `ONNX_EXPORT` if the file cannot be written;
 *   `ONNX_RUNTIME` if ONNX Runtime is not installed
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
  const { path } = parseOptions({ schema: optionsSchema, value: options, code, name: 'exportLandmarker' })
  const { points, ...facts } = await resolveSource(source)
  const { FACEMESH } = await import('../facemesh.embedded.ts')
  const network = pickOutputs(FACEMESH, 'refinement' in points)
  await exportOnnx(createMeshFunction({ network, tta: facts.tta, points }), {
    inputShape: [INPUT_SIDE, INPUT_SIDE, 3],
    path,
    metadata: describeLandmarker(facts),
  })
}

async function resolveSource(
  source: ReadyScheme | LandmarkerModel | string,
): Promise<ExportedFacts & { readonly points: PointsFromMesh }> {
  if (isReadyScheme(source)) {
    const { scheme, tta, indices } = getReadyPredictor(source)
    return { scheme, tta, points: { indices } }
  }
  const model = typeof source === 'string' ? await readLandmarker(createDiskFolder(source)) : parseModel(source)
  const { scheme, predictor } = model
  if (predictor.kind === 'network') throw kindError(predictor.kind)
  const map = decodeMap(predictor.regression, scheme, undefined)
  const facts = { scheme, tta: predictor.tta, model }
  if (predictor.kind === 'meshRegression') return { ...facts, points: { map } }
  const refinement = decodeRefinement(predictor.refinement, scheme, undefined)
  return { ...facts, points: { map, refinement, flip: flipIndices(scheme) } }
}

function kindError(received: string): FacekpError {
  return new FacekpError({
    code: 'LANDMARKER_OPTION',
    problem: 'this kind of landmarker cannot be exported',
    expected: 'a ready landmarker, or one of fitFewShot',
    received,
  })
}
