import { FacekpError, IBUG_68, MESH_468 } from '@facekp/core'
import { formatValue } from '@facekp/options'
import type { MeshPoints } from './landmarker.ts'
import { pickIbug68 } from './mesh-to-ibug68.ts'

const READY_POINTS = {
  'mesh-468': { scheme: MESH_468, tta: false, compute: ({ points }) => points },
  'ibug-68': { scheme: IBUG_68, tta: false, compute: ({ points }) => pickIbug68(points) },
} as const satisfies Record<string, MeshPoints>

/** The schemes whose points need no training. */
export type ReadyScheme = 'mesh-468' | 'ibug-68'

export function isReadyScheme(name: string): name is ReadyScheme {
  return Object.hasOwn(READY_POINTS, name)
}

/**
 * Returns how the points of a scheme come from the mesh.
 *
 * @throws FacekpError `LANDMARKER_SCHEME`
 */
export function getReadyPoints(scheme: string): MeshPoints {
  if (isReadyScheme(scheme)) return READY_POINTS[scheme]
  throw new FacekpError({
    code: 'LANDMARKER_SCHEME',
    problem: 'unknown scheme',
    expected: `${Object.keys(READY_POINTS).join(', ')}, or a model of fitFewShot`,
    received: formatValue(scheme),
  })
}
