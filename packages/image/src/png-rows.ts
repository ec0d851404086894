/** What IHDR says of a PNG. */
export interface PngHeader {
  readonly width: number
  readonly height: number
  /** Bits of a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number
  /** 0 gray, 2 RGB, 3 palette, 4 gray with alpha, 6 RGB with alpha. */
  readonly colorType: 0 | 2 | 3 | 4 | 6
  readonly isInterlaced: boolean
}

/** Samples of a pixel by color type. */
export const SAMPLES: Readonly<Record<PngHeader['colorType'], number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** The pixels that one pass over the image sends: every stepX-th from x, in every stepY-th row from y. */
export interface PngPass {
  readonly x: number
  readonly y: number
  readonly stepX: number
  readonly stepY: number
  /** Pixels of a row. */
  readonly width: number
  /** Rows. */
  readonly height: number
  /** Bytes of a row, without that of its filter. */
  readonly rowBytes: number
}

/** x, y, step along x, step along y of Adam7 (PNG specification, 8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** Lists the passes of a PNG that have pixels. */
export function listPasses({ width, height, depth, colorType, isInterlaced }: PngHeader): PngPass[] {
  return (isInterlaced ? ADAM7 : ([[0, 0, 1, 1]] as const))
    .map(([x, y, stepX, stepY]) => {
      const columns = Math.ceil((width - x) / stepX)
      const rowBytes = Math.ceil((columns * SAMPLES[colorType] * depth) / 8)
      return { x, y, stepX, stepY, width: columns, height: Math.ceil((height - y) / stepY), rowBytes }
    })
    .filter((pass) => pass.width > 0 && pass.height > 0)
}

/**
 * Undoes the filter of a row in place (PNG specification, 9.2).
 *
 * @param above the row above, unfiltered; zeros for the first
 * @param pixelBytes bytes of a pixel, at least 1
 */
export function unfilterRow(filter: number, row: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  if (filter > 4) throw new Error(`a row has filter ${filter}`)
  for (let i = 0; i < row.length; i++) {
    const left = i < pixelBytes ? 0 : (row[i - pixelBytes] as number)
    const corner = i < pixelBytes ? 0 : (above[i - pixelBytes] as number)
    row[i] = (row[i] as number) + predict(filter, left, above[i] as number, corner)
  }
}

/** Predicts a byte from its neighbors by filter 0 to 4: none, left, above, average, Paeth. */
export function predict(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left
    case 2:
      return above
    case 3:
      return (left + above) >> 1
    case 4:
      return predictPaeth(left, above, corner)
    default:
      return 0
  }
}

function predictPaeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner)
  const toAbove = Math.abs(left - corner)
  const toCorner = Math.abs(left + above - 2 * corner)
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}
