import { IBUG_68, type KeypointScheme, type Keypoints, MESH_468 } from '@facekp/core'
import type { Mesh } from '../mesh-network.ts'
import { MESH_TO_IBUG_68, pickIbug68 } from '../mesh-to-ibug68.ts'
import type { MeshPredictor } from './predictor.ts'

/** Predicts points that are some of the mesh. */
export interface ReadyPredictor extends MeshPredictor {
  /** The point of the mesh for each point of the scheme. */
  readonly indices: readonly number[]
}

const READY_POINTS = {
  'mesh-468': createReadyPredictor(
    MESH_468,
    MESH_468.pointNames.map((_, i) => i),
    ({ points }) => points,
  ),
  'ibug-68': createReadyPredictor(IBUG_68, MESH_TO_IBUG_68, ({ points }) => pickIbug68(points)),
} as const satisfies Record<string, ReadyPredictor>

/** The schemes whose points need no training. */
export type ReadyScheme = 'mesh-468' | 'ibug-68'

/** The names of all ready schemes. */
export const READY_SCHEMES: readonly ReadyScheme[] = Object.keys(READY_POINTS) as ReadyScheme[]

export function isReadyScheme(name: unknown): name is ReadyScheme {
  return typeof name === 'string' && Object.hasOwn(READY_POINTS, name)
}

/** Returns the predictor of a scheme whose points need no training. */
export function getReadyPredictor(scheme: ReadyScheme): ReadyPredictor {
  return READY_POINTS[scheme]
}

function createReadyPredictor(
  scheme: KeypointScheme,
  indices: readonly number[],
  compute: (mesh: Mesh) => Keypoints,
): ReadyPredictor {
  return {
    input: 'mesh',
    scheme,
    indices,
    tta: false,
    predict: async (_, meshes) => meshes.map(compute),
    dispose: () => undefined,
  }
}
