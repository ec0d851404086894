import type { Color } from './parameters.ts'

// Taken out once: these run for every pixel, and looking a global up is slow in the contexts that test runners make.
const { abs, ceil, floor, max, min } = Math

/** A picture being drawn: colors 0 to 1 in light, and how near each pixel's surface is. */
export interface Canvas {
  readonly width: number
  readonly height: number
  /** [height, width, 3]. */
  readonly colors: Float32Array
  /** z of the nearest surface, -Infinity where there is none. */
  readonly depth: Float32Array
}

export function createCanvas(width: number, height: number): Canvas {
  return {
    width,
    height,
    colors: new Float32Array(width * height * 3),
    depth: new Float32Array(width * height).fill(Number.NEGATIVE_INFINITY),
  }
}

/** What a surface says of one of its corners; every number is mixed linearly across a triangle. */
export interface Vertex {
  /** In pixels, (0, 0) the center of the top-left pixel. */
  readonly screen: readonly [x: number, y: number]
  readonly z: number
  /** What the surface is painted by. */
  readonly values: readonly number[]
}

/** The color of a place on the surface, or undefined where it has a hole. */
export type Paint = (values: Float64Array) => Color | undefined

/**
 * Draws a grid of rows and columns of vertices, two triangles between four, the nearest surface winning.
 */
export function drawGrid(canvas: Canvas, grid: readonly (readonly Vertex[])[], paint: Paint): void {
  for (let row = 0; row + 1 < grid.length; row++) {
    const [upper, lower] = [grid[row], grid[row + 1]] as [readonly Vertex[], readonly Vertex[]]
    for (let column = 0; column + 1 < upper.length; column++) {
      const [a, b, c, d] = [upper[column], upper[column + 1], lower[column], lower[column + 1]] as [
        Vertex,
        Vertex,
        Vertex,
        Vertex,
      ]
      drawTriangle(canvas, a, b, c, paint)
      drawTriangle(canvas, b, d, c, paint)
    }
  }
}

function drawTriangle({ width, height, colors, depth }: Canvas, a: Vertex, b: Vertex, c: Vertex, paint: Paint): void {
  const [[ax, ay], [bx, by], [cx, cy]] = [a.screen, b.screen, c.screen]
  const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
  if (abs(area) < 1e-9) return
  const left = max(0, ceil(min(ax, bx, cx)))
  const right = min(width - 1, floor(max(ax, bx, cx)))
  const top = max(0, ceil(min(ay, by, cy)))
  const bottom = min(height - 1, floor(max(ay, by, cy)))
  const values = new Float64Array(a.values.length)
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const wb = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
      const wc = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
      const wa = 1 - wb - wc
      if (wa < 0 || wb < 0 || wc < 0) continue
      const z = wa * a.z + wb * b.z + wc * c.z
      const pixel = y * width + x
      if (z <= (depth[pixel] as number)) continue
      for (let i = 0; i < values.length; i++) {
        values[i] = wa * (a.values[i] as number) + wb * (b.values[i] as number) + wc * (c.values[i] as number)
      }
      const color = paint(values)
      if (!color) continue
      depth[pixel] = z
      colors.set(color, 3 * pixel)
    }
  }
}
