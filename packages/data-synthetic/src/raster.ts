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
  /** [height, width]: triangle of the nearest surface, counted over all surfaces; -1 for the background. */
  readonly triangles: Int32Array
}

/** Creates an empty frame buffer. */
export function createCanvas(width: number, height: number): Canvas {
  return clearCanvas({
    width,
    height,
    colors: new Float32Array(width * height * 3),
    depth: new Float32Array(width * height),
    triangles: new Int32Array(width * height),
  })
}

/** Removes all surfaces from a frame buffer. The colors stay, until others are written over them. */
export function clearCanvas(canvas: Canvas): Canvas {
  canvas.depth.fill(Number.NEGATIVE_INFINITY)
  canvas.triangles.fill(-1)
  return canvas
}

/** Vertices of a surface. Depth and attributes are interpolated linearly across a triangle. */
export interface VertexGrid {
  /** Cells of the grid. */
  readonly rows: number
  readonly columns: number
  /** Numbers of a vertex: x and y in pixels, where (0, 0) is the center of the top-left pixel, z and the attributes. */
  readonly stride: number
  /** [rows + 1, columns + 1, stride]. */
  readonly data: Float64Array
}

/** Numbers of a vertex before its attributes: x, y, z. */
export const POSITION = 3

/** Input of a fragment, interpolated between three vertices. */
export type Attributes = Float64Array

/** A surface of triangles and its colors. */
export interface Mesh {
  /** Two triangles per cell: cell i has the triangles 2 i and 2 i + 1. */
  readonly grid: VertexGrid
  /** Whether it has no holes, so that its front hides its back. */
  readonly isClosed: boolean
  /** Leaves a hole in the surface if it returns false. */
  readonly covers?: ((attributes: Attributes) => boolean) | undefined
  /** Writes the color of a fragment. */
  readonly shade: (attributes: Attributes, color: Float64Array) => void
}

/** Rasterizes meshes; the nearest surface wins. Pixels are shaded after all triangles, so that what is hidden is not shaded. */
export function rasterize(canvas: Canvas, meshes: readonly Mesh[]): void {
  const layers: Layer[] = []
  let end = 0
  for (const mesh of meshes) {
    const { rows, columns } = mesh.grid
    const layer = { ...mesh, interpolate: createInterpolator(mesh.grid), start: end, end: end + 2 * rows * columns }
    findNearestTriangles(canvas, layer)
    layers.push(layer)
    end = layer.end
  }
  shadeLayers(canvas, layers)
}

/** A mesh and its place in the count of the triangles. */
interface Layer extends Mesh {
  readonly interpolate: Interpolator
  readonly start: number
  readonly end: number
}

/** Finds the pixels where a layer is nearer than those before it, and updates the depth buffer. */
function findNearestTriangles(
  { width, height, depth, triangles }: Canvas,
  { grid, isClosed, covers, interpolate, start, end }: Layer,
): void {
  const { data } = grid
  for (let triangle = start; triangle < end; triangle++) {
    const a = findVertex(grid, triangle - start, 0)
    const b = findVertex(grid, triangle - start, 1)
    const c = findVertex(grid, triangle - start, 2)
    const { ax, ay, abx, aby, acx, acy, area } = measureEdges(data, a, b, c)
    if (isClosed ? area < 1e-9 : abs(area) < 1e-9) continue
    const left = max(0, ceil(ax + min(0, abx, acx)))
    const right = min(width - 1, floor(ax + max(0, abx, acx)))
    const top = max(0, ceil(ay + min(0, aby, acy)))
    const bottom = min(height - 1, floor(ay + max(0, aby, acy)))
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const wb = ((x - ax) * acy - (y - ay) * acx) / area
        const wc = (abx * (y - ay) - aby * (x - ax)) / area
        const wa = 1 - wb - wc
        if (wa < 0 || wb < 0 || wc < 0) continue
        const z = wa * (data[a + 2] as number) + wb * (data[b + 2] as number) + wc * (data[c + 2] as number)
        const pixel = y * width + x
        if (z <= (depth[pixel] as number)) continue
        if (covers && !covers(interpolate(triangle - start, x, y))) continue
        depth[pixel] = z
        triangles[pixel] = triangle
      }
    }
  }
}

/** Writes the colors of the pixels where a layer is seen. */
function shadeLayers({ width, triangles, colors }: Canvas, layers: readonly Layer[]): void {
  const color = new Float64Array(3)
  let layer = layers[0] as Layer
  for (let pixel = 0; pixel < triangles.length; pixel++) {
    const triangle = triangles[pixel] as number
    if (triangle < 0) continue
    if (triangle < layer.start || triangle >= layer.end) layer = findLayer(layers, triangle)
    const y = (pixel / width) | 0
    layer.shade(layer.interpolate(triangle - layer.start, pixel - y * width, y), color)
    for (let i = 0; i < 3; i++) colors[3 * pixel + i] = color[i] as number
  }
}

function findLayer(layers: readonly Layer[], triangle: number): Layer {
  return layers.find(({ end }) => triangle < end) as Layer
}

/** Interpolates the attributes of a triangle at a pixel. The next call overwrites the result. */
type Interpolator = (triangle: number, x: number, y: number) => Attributes

function createInterpolator(grid: VertexGrid): Interpolator {
  const { stride, data } = grid
  const attributes = new Float64Array(stride - POSITION)
  return (triangle, x, y) => {
    const a = findVertex(grid, triangle, 0)
    const b = findVertex(grid, triangle, 1)
    const c = findVertex(grid, triangle, 2)
    const { ax, ay, abx, aby, acx, acy, area } = measureEdges(data, a, b, c)
    // Barycentric coordinates.
    const wb = ((x - ax) * acy - (y - ay) * acx) / area
    const wc = (abx * (y - ay) - aby * (x - ax)) / area
    const wa = 1 - wb - wc
    for (let i = 0; i < attributes.length; i++) {
      const at = POSITION + i
      attributes[i] = wa * (data[a + at] as number) + wb * (data[b + at] as number) + wc * (data[c + at] as number)
    }
    return attributes
  }
}

/** The first corner of a triangle, the edges from there to the others, and twice its area, negative if its back is seen. */
interface Edges {
  readonly ax: number
  readonly ay: number
  readonly abx: number
  readonly aby: number
  readonly acx: number
  readonly acy: number
  readonly area: number
}

/** @param a where in the data a corner begins, as `b` and `c` */
function measureEdges(data: Float64Array, a: number, b: number, c: number): Edges {
  const ax = data[a] as number
  const ay = data[a + 1] as number
  const abx = (data[b] as number) - ax
  const aby = (data[b + 1] as number) - ay
  const acx = (data[c] as number) - ax
  const acy = (data[c + 1] as number) - ay
  return { ax, ay, abx, aby, acx, acy, area: abx * acy - aby * acx }
}

/** Returns where in the data a corner of a triangle begins. Cell i has the triangles 2 i and 2 i + 1. */
function findVertex({ columns, stride }: VertexGrid, triangle: number, corner: 0 | 1 | 2): number {
  const cell = triangle >> 1
  const row = (cell / columns) | 0
  const upperLeft = cell + row
  const isUpper = (triangle & 1) === 0
  if (corner === 2) return stride * (upperLeft + columns + 1)
  if (corner === 0) return stride * (isUpper ? upperLeft : upperLeft + 1)
  return stride * (isUpper ? upperLeft + 1 : upperLeft + columns + 2)
}
