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
 */
export function describePoint(maps: readonly FeatureMap[], x: number, y: number): Float32Array {
  const descriptor = new Float32Array(DESCRIPTOR_LENGTH)
  let start = 0
  for (const [index, radius] of RADII.entries()) {
    const map = maps[index] as FeatureMap
    for (let row = -radius; row <= radius; row++) {
      for (let column = -radius; column <= radius; column++) {
        const cell = { x: x * map.side - 0.5 + column, y: y * map.side - 0.5 + row }
        sampleCell(map, cell, descriptor.subarray(start, start + map.channels))
        start += map.channels
      }
    }
  }
  return descriptor
}

/** Samples all channels of a map at a place, in cells, whose centers have whole numbers. */
function sampleCell({ side, channels, data }: FeatureMap, place: { x: number; y: number }, to: Float32Array): void {
  const x = Math.min(Math.max(place.x, 0), side - 1)
  const y = Math.min(Math.max(place.y, 0), side - 1)
  const left = Math.min(Math.trunc(x), side - 2)
  const top = Math.min(Math.trunc(y), side - 2)
  const topLeft = (top * side + left) * channels
  const bottomLeft = topLeft + side * channels
  const toRight = x - left
  const toBottom = y - top
  for (let c = 0; c < channels; c++) {
    const a = data[topLeft + c] as number
    const b = data[topLeft + channels + c] as number
    const d = data[bottomLeft + c] as number
    const e = data[bottomLeft + channels + c] as number
    const upper = a + (b - a) * toRight
    to[c] = upper + (d + (e - d) * toRight - upper) * toBottom
  }
}
