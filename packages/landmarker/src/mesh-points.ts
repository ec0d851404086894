import { flipIndices, MESH_468 } from '@facekp/core'

/** Number of points of the face mesh. */
export const MESH_POINTS: number = MESH_468.pointNames.length

/** For each point, the point that it becomes in a mirrored face. */
export const MESH_FLIP: readonly number[] = flipIndices(MESH_468)
