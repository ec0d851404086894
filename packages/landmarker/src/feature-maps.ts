/** A map of features: the output of a layer of a network, row by row, channels last. */
export interface FeatureMap {
  readonly side: number
  readonly channels: number
  readonly data: Float32Array
}

/** For each map of the mesh network, the cells that describe a point: (2 radius + 1) squared around it, at the distance of the map's cells. */
export const RADII = [3, 2] as const

/** Channels of each map. */
const CHANNELS = [16, 32] as const

/** Numbers that describe a point. */
export const DESCRIPTOR_LENGTH: number = RADII.reduce(
  (sum, radius, map) => sum + (2 * radius + 1) ** 2 * (CHANNELS[map] as number),
  0,
)

/**
 * Describes what a point of a crop looks like: the features of the maps around it, sampled bilinearly; beyond a map its border continues.
 *
 * @param maps of the crop, in the order of the network
 * @param x relative to the crop: 0..1 along its side; so is `y`
 * @param descriptor to write to; default: a new one
 */
export function describePoint(
  maps: readonly FeatureMap[],
  x: number,
  y: number,
  descriptor: Float32Array = new Float32Array(DESCRIPTOR_LENGTH),
): Float32Array {
  let to = 0
  for (const [index, radius] of RADII.entries()) {
    const { side, channels, data } = maps[index] as FeatureMap
    for (let row = -radius; row <= radius; row++) {
      const cellY = clampCell(y * side - 0.5 + row, side)
      const top = Math.min(Math.trunc(cellY), side - 2)
      const toBottom = cellY - top
      for (let column = -radius; column <= radius; column++) {
        const cellX = clampCell(x * side - 0.5 + column, side)
        const left = Math.min(Math.trunc(cellX), side - 2)
        const toRight = cellX - left
        let above = (top * side + left) * channels
        let below = above + side * channels
        for (const end = to + channels; to < end; to++, above++, below++) {
          const a = data[above] as number
          const b = data[below] as number
          const upper = a + ((data[above + channels] as number) - a) * toRight
          const lower = b + ((data[below + channels] as number) - b) * toRight
          descriptor[to] = upper + (lower - upper) * toBottom
        }
      }
    }
  }
  return descriptor
}

/** Clamps a place, in cells, to those of a map, whose centers have whole numbers. */
function clampCell(place: number, side: number): number {
  return Math.min(Math.max(place, 0), side - 1)
}
