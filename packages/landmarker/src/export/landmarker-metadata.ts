import type { KeypointScheme } from '@facekp/core'
import manifest from '../../package.json' with { type: 'json' }
import { BOX_MARGIN, EYE_CORNERS, FOREHEAD_SHIFT, MARGIN } from '../face-frame.ts'
import { FACEMESH_SOURCE } from '../facemesh-source.ts'
import { ROTATIONS } from '../find-meshes.ts'
import { INPUT_SIDE } from '../mesh-network.ts'
import type { LandmarkerModel } from '../model/landmarker-model.ts'

/** Version of the keys below; a change of their meaning increases it. */
const VERSION = 1

/** What is known of an exported landmarker. */
export interface ExportedFacts {
  readonly scheme: KeypointScheme
  readonly tta: boolean
  /** The model, unless the landmarker is one of the ready ones. */
  readonly model?: LandmarkerModel | undefined
}

/** Describes a landmarker for `metadata_props` of an ONNX file: texts are plain, all other values are JSON. */
export function describeLandmarker({ scheme, tta, model }: ExportedFacts): Record<string, string> {
  const fields = {
    format: 'facekp-landmarker-onnx',
    version: VERSION,
    software: `${manifest.name} ${manifest.version}`,
    scheme,
    crop: {
      size: INPUT_SIDE,
      margin: MARGIN,
      levelPoints: EYE_CORNERS,
      boxMargin: BOX_MARGIN,
      boxShift: FOREHEAD_SHIFT,
      rotations: ROTATIONS,
      refinements: 2,
    },
    input: { channels: ['red', 'green', 'blue'], valueRange: [0, 1], mean: [0, 0, 0], std: [1, 1, 1], border: 0 },
    tta,
    network: FACEMESH_SOURCE,
    metrics: model?.metrics,
    license: model?.license,
    data: model?.data,
    versions: model?.versions,
    sha256: getHash(model),
  }
  const isKnown = ([, value]: [string, unknown]): boolean => value !== undefined
  const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
  return Object.fromEntries(
    Object.entries(fields)
      .filter(isKnown)
      .map(([key, value]) => [key, toText(value)]),
  )
}

function getHash(model: LandmarkerModel | undefined): string | undefined {
  if (model === undefined) return undefined
  return 'regression' in model.predictor ? model.predictor.regression.sha256 : model.predictor.network.sha256
}
