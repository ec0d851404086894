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

/** The table of a quality from 1 to 100, by libjpeg's scale. */
export function tableOf(kind: keyof typeof TABLES, quality: number): readonly number[] {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality
  return TABLES[kind].map((step) => Math.min(Math.max(Math.floor((step * scale + 50) / 100), 1), 255))
}

/** COSINES[8 * frequency + place]: rows of the orthonormal cosine transform of 8 values. */
const COSINES = Float64Array.from({ length: 64 }, (_, i) => {
  const [frequency, place] = [i >> 3, i & 7]
  return Math.cos(((2 * place + 1) * frequency * Math.PI) / 16) * (frequency === 0 ? Math.sqrt(1 / 8) : 0.5)
})

/** A plane of levels 0..255 after its blocks of 8 x 8 were transformed, quantized and transformed back; its edge is repeated to fill them. */
export function compressPlane(
  levels: Float32Array,
  width: number,
  height: number,
  table: readonly number[],
): Float32Array {
  const result = new Float32Array(levels.length)
  const [block, half] = [new Float64Array(64), new Float64Array(64)]
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) {
        const [x, y] = [Math.min(left + (i & 7), width - 1), Math.min(top + (i >> 3), height - 1)]
        block[i] = (levels[y * width + x] as number) - 128
      }
      transform(block, half, false)
      for (let i = 0; i < 64; i++)
        block[i] = roundHalfAway((block[i] as number) / (table[i] as number)) * (table[i] as number)
      transform(block, half, true)
      for (let i = 0; i < 64; i++) {
        const [x, y] = [left + (i & 7), top + (i >> 3)]
        if (x >= width || y >= height) continue
        result[y * width + x] = Math.min(Math.max(Math.round((block[i] as number) + 128), 0), 255)
      }
    }
  }
  return result
}

/** Halves are common here (a block's mean is an eighth of a whole number), and libjpeg takes them away from zero. */
function roundHalfAway(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5 + 1e-9)
}

/** The cosine transform of a block along both axes, or its inverse, in place. */
function transform(block: Float64Array, half: Float64Array, back: boolean): void {
  along(block, half, back)
  along(half, block, back)
}

/** Transforms each row and writes it as a column. */
function along(from: Float64Array, to: Float64Array, back: boolean): void {
  const [stepOut, stepIn] = back ? [1, 8] : [8, 1]
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
