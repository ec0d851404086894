/** Quantization tables of quality 50, row by row: ITU-T T.81, tables K.1 and K.2. */
const TABLES: Readonly<Record<'luminance' | 'chrominance', readonly number[]>> = {
  luminance: [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ],
  chrominance: [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99,
  ],
}

/** Returns the quantization table of a quality from 1 to 100, on libjpeg's scale. */
export function createQuantizationTable(kind: keyof typeof TABLES, quality: number): readonly number[] {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality
  return TABLES[kind].map((step) => Math.min(Math.max(Math.floor((step * scale + 50) / 100), 1), 255))
}

/** COSINES[8 * frequency + position]: the orthonormal cosine transform of 8 values. */
const COSINES = Float64Array.from({ length: 64 }, (_, i) => {
  const frequency = i >> 3
  const position = i & 7
  return Math.cos(((2 * position + 1) * frequency * Math.PI) / 16) * (frequency === 0 ? Math.sqrt(1 / 8) : 0.5)
})

/**
 * Transforms, quantizes and inverse transforms the 8 x 8 blocks of a plane of levels 0..255.
 *
 * Incomplete blocks are filled by repeating the edge.
 */
export function compressPlane(
  levels: Float32Array,
  width: number,
  height: number,
  table: readonly number[],
): Float32Array {
  const result = new Float32Array(levels.length)
  const block = new Float64Array(64)
  const scratch = new Float64Array(64)
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) {
        const x = Math.min(left + (i & 7), width - 1)
        const y = Math.min(top + (i >> 3), height - 1)
        block[i] = (levels[y * width + x] as number) - 128
      }
      transform(block, scratch, false)
      for (let i = 0; i < 64; i++)
        block[i] = roundHalfAway((block[i] as number) / (table[i] as number)) * (table[i] as number)
      transform(block, scratch, true)
      for (let i = 0; i < 64; i++) {
        const x = left + (i & 7)
        const y = top + (i >> 3)
        if (x >= width || y >= height) continue
        result[y * width + x] = Math.min(Math.max(Math.round((block[i] as number) + 128), 0), 255)
      }
    }
  }
  return result
}

/** Rounds halves away from zero, as libjpeg does; they are common, because a block mean is a multiple of 1/8. */
function roundHalfAway(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5 + 1e-9)
}

/** Computes the cosine transform of a block along both axes, or its inverse, in place. */
function transform(block: Float64Array, scratch: Float64Array, inverse: boolean): void {
  transformRows(block, scratch, inverse)
  transformRows(scratch, block, inverse)
}

/** Transforms each row and writes it as a column. */
function transformRows(from: Float64Array, to: Float64Array, inverse: boolean): void {
  const [stepOut, stepIn] = inverse ? [1, 8] : [8, 1]
  for (let row = 0; row < 8; row++) {
    for (let out = 0; out < 8; out++) {
      let sum = 0
      for (let i = 0; i < 8; i++) {
        sum += (COSINES[stepOut * out + stepIn * i] as number) * (from[8 * row + i] as number)
      }
      to[8 * out + row] = sum
    }
  }
}
