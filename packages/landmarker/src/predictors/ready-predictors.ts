import { IBUG_68, type KeypointScheme, type Keypoints, MESH_468 } from '@facekp/core'
import type { Mesh } from '../mesh-network.ts'
import { pickIbug68 } from '../mesh-to-ibug68.ts'
import type { MeshPredictor } from './predictor.ts'

const READY_POINTS = {
  'mesh-468': createReadyPredictor(MESH_468, ({ points }) => points),
  'ibug-68': createReadyPredictor(IBUG_68, ({ points }) => pickIbug68(points)),
} as const satisfies Record<string, MeshPredictor>

/** The schemes whose points need no training. */
export type ReadyScheme = 'mesh-468' | 'ibug-68'

/** The names of all ready schemes. */
export const READY_SCHEMES: readonly string[] = Object.keys(READY_POINTS)

export function isReadyScheme(name: unknown): name is ReadyScheme {
  return typeof name === 'string' && Object.hasOwn(READY_POINTS, name)
}

/** Returns the predictor of a scheme whose points need no training. */
export function getReadyPredictor(scheme: ReadyScheme): MeshPredictor {
  return READY_POINTS[scheme]
}

function createReadyPredictor(scheme: KeypointScheme, compute: (mesh: Mesh) => Keypoints): MeshPredictor {
  return {
    input: 'mesh',
    scheme,
    tta: false,
    predict: async (_, meshes) => meshes.map(compute),
    dispose: () => undefined,
  }
}
