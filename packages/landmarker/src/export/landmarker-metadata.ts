import type { KeypointScheme } from '@facekp/core'
import manifest from '../../package.json' with { type: 'json' }
import { BOX_MARGIN, EYE_CORNERS, FOREHEAD_SHIFT, MARGIN } from '../face-frame.ts'
import { FACEMESH_SOURCE } from '../facemesh-source.ts'
import { ROTATIONS } from '../find-meshes.ts'
import { INPUT_SIDE } from '../mesh-network.ts'
import type { LandmarkerModel } from '../model/landmarker-model.ts'
import type { NetworkPredictor } from '../predictors/network-model.ts'
import { hashWeights } from '../predictors/predictor-model.ts'

/** Version of the keys below; a change of their meaning increases it. */
const VERSION = 1

/** What is known of a landmarker of the mesh. */
export interface MeshLandmarkerFacts {
  readonly scheme: KeypointScheme
  readonly tta: boolean
  /** The model, unless the landmarker is one of the ready ones. */
  readonly model?: LandmarkerModel | undefined
}

/** Describes a landmarker of the mesh for `metadata_props` of an ONNX file: texts are plain, all other values are JSON. */
export function describeMeshLandmarker({ scheme, tta, model }: MeshLandmarkerFacts): Record<string, string> {
  return formatFields({
    ...describeFile(),
    scheme,
    crop: {
      kind: 'mesh',
      size: INPUT_SIDE,
      margin: MARGIN,
      levelPoints: EYE_CORNERS,
      boxMargin: BOX_MARGIN,
      boxShift: FOREHEAD_SHIFT,
      rotations: ROTATIONS,
      refinements: 2,
      border: 0,
    },
    input: {
      width: INPUT_SIDE,
      height: INPUT_SIDE,
      channels: 3,
      valueRange: [0, 1],
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    tta,
    network: FACEMESH_SOURCE,
    ...(model && describeModel(model)),
  })
}

/** Describes a landmarker of a trained network as {@link describeMeshLandmarker} does. */
export function describeNetworkLandmarker(
  model: LandmarkerModel,
  { tta, crop, network }: NetworkPredictor,
): Record<string, string> {
  const { scheme } = model
  const { input, head } = network
  return formatFields({
    ...describeFile(),
    scheme,
    crop: { ...crop, border: 'edge' },
    input,
    tta,
    head,
    ...describeModel(model),
  })
}

function describeFile(): Record<string, unknown> {
  const software = `${manifest.name} ${manifest.version}`
  return { format: 'facekp-landmarker-onnx', version: VERSION, software }
}

function describeModel({ metrics, versions, license, data, predictor }: LandmarkerModel): Record<string, unknown> {
  return { metrics, versions, license, data, sha256: hashWeights(predictor) }
}

function formatFields(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    known.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}
