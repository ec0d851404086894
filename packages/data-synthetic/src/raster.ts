import type { Color } from './parameters.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { abs, ceil, floor, max, min } = Math

/** A frame buffer: colors in 0..1 and a depth buffer. */
export interface Canvas {
  readonly width: number
  readonly height: number
  /** [height, width, 3]. */
  readonly colors: Float32Array
  /** [height, width]: z of the nearest surface, -Infinity for the background. */
  readonly depth: Float32Array
}

/** Creates an empty frame buffer. */
export function createCanvas(width: number, height: number): Canvas {
  return {
    width,
    height,
    colors: new Float32Array(width * height * 3),
    depth: new Float32Array(width * height).fill(Number.NEGATIVE_INFINITY),
  }
}

/** A vertex of a surface. Depth and attributes are interpolated linearly across a triangle. */
export interface Vertex {
  /** In pixels; (0, 0) is the center of the top-left pixel. */
  readonly screen: readonly [x: number, y: number]
  readonly z: number
  /** Input of the fragment shader. */
  readonly attributes: readonly number[]
}

/** Computes the color of a fragment from its interpolated attributes; undefined leaves a hole in the surface. */
export type FragmentShader = (attributes: Float64Array) => Color | undefined

/** Rasterizes a grid of vertices as two triangles per cell; the nearest surface wins. */
export function rasterizeGrid(
  canvas: Canvas,
  grid: readonly (readonly Vertex[])[],
  shadeFragment: FragmentShader,
): void {
  for (let row = 0; row + 1 < grid.length; row++) {
    const upper = grid[row] as readonly Vertex[]
    const lower = grid[row + 1] as readonly Vertex[]
    for (let column = 0; column + 1 < upper.length; column++) {
      const a = upper[column] as Vertex
      const b = upper[column + 1] as Vertex
      const c = lower[column] as Vertex
      const d = lower[column + 1] as Vertex
      rasterizeTriangle(canvas, [a, b, c], shadeFragment)
      rasterizeTriangle(canvas, [b, d, c], shadeFragment)
    }
  }
}

function rasterizeTriangle(
  { width, height, colors, depth }: Canvas,
  [a, b, c]: readonly [Vertex, Vertex, Vertex],
  shadeFragment: FragmentShader,
): void {
  const [ax, ay] = a.screen
  const [bx, by] = b.screen
  const [cx, cy] = c.screen
  const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
  if (abs(area) < 1e-9) return
  const left = max(0, ceil(min(ax, bx, cx)))
  const right = min(width - 1, floor(max(ax, bx, cx)))
  const top = max(0, ceil(min(ay, by, cy)))
  const bottom = min(height - 1, floor(max(ay, by, cy)))
  const attributes = new Float64Array(a.attributes.length)
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      // Barycentric coordinates.
      const wb = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
      const wc = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
      const wa = 1 - wb - wc
      if (wa < 0 || wb < 0 || wc < 0) continue
      const z = wa * a.z + wb * b.z + wc * c.z
      const pixel = y * width + x
      if (z <= (depth[pixel] as number)) continue
      for (let i = 0; i < attributes.length; i++) {
        attributes[i] =
          wa * (a.attributes[i] as number) + wb * (b.attributes[i] as number) + wc * (c.attributes[i] as number)
      }
      const color = shadeFragment(attributes)
      if (!color) continue
      depth[pixel] = z
      colors.set(color, 3 * pixel)
    }
  }
}
