import type { Point3 } from './head.ts'
import type { Light } from './parameters.ts'
import { type Mesh, POSITION, type VertexGrid } from './raster.ts'
import { toRadians, type View } from './view.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { max, sqrt } = Math

/** A parametric surface with the two parameters `row` and `column`, each 0 to 1. */
export interface Surface {
  /** Cells of its grid. */
  readonly rows: number
  readonly columns: number
  /** Whether its front hides its back. */
  readonly isClosed: boolean
  /** Whether it rotates with the head. */
  readonly followsHead: boolean
  pointAt(row: number, column: number): Point3
  /** Input of `paint` at a vertex, interpolated in between. */
  attributesAt(row: number, column: number, point: Point3): readonly number[]
  /** Leaves a hole where it returns false. */
  covers?(first: number, second: number): boolean
  /** Writes the color before lighting, from the interpolated attributes. */
  paint(color: Float64Array, first: number, second: number, third: number): void
}

/** Computes the angle about the vertical axis: from the back around the left of the image, the front and the right. */
export function columnAngle(column: number): number {
  return (2 * column - 1) * Math.PI
}

/** Numbers of the normal, which are the first attributes of a vertex. */
const NORMAL = 3

/** Creates the triangles of a surface, with diffuse lighting. */
export function createMesh(surface: Surface, { view, light }: { readonly view: View; readonly light: Light }): Mesh {
  const [lampX, lampY, lampZ] = lightDirection(light)
  const { isClosed, covers } = surface
  return {
    grid: createGrid(surface, view),
    isClosed,
    covers: covers && ((attributes) => covers(attributes[NORMAL] as number, attributes[NORMAL + 1] as number)),
    shade(attributes, color) {
      surface.paint(
        color,
        attributes[NORMAL] as number,
        attributes[NORMAL + 1] as number,
        attributes[NORMAL + 2] as number,
      )
      const nz = attributes[2] as number
      const facing = (attributes[0] as number) * lampX + (attributes[1] as number) * lampY + nz * lampZ
      const diffuse = light.ambient + light.strength * max(0, 0.15 + 0.85 * facing)
      // Surfaces at a grazing angle to the camera are darker, as in a room.
      const intensity = diffuse * (0.72 + 0.28 * max(0, nz))
      color[0] = (color[0] as number) * intensity
      color[1] = (color[1] as number) * intensity
      color[2] = (color[2] as number) * intensity
    },
  }
}

/** Computes the projected vertices. The first three attributes are the normal. */
function createGrid(surface: Surface, view: View): VertexGrid {
  const { rows, columns, followsHead } = surface
  const numAttributes = surface.attributesAt(0, 0, surface.pointAt(0, 0)).length
  const stride = POSITION + NORMAL + numAttributes
  const line = columns + 1
  const data = new Float64Array((rows + 1) * line * stride)
  const points = new Float64Array((rows + 1) * line * 3)
  for (let row = 0, vertex = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++, vertex++) {
      const unrotated = surface.pointAt(row / rows, column / columns)
      const point = followsHead ? view.rotate(unrotated) : unrotated
      const [x, y] = view.project(point)
      const at = vertex * stride
      data[at] = x
      data[at + 1] = y
      data[at + 2] = point[2]
      const attributes = surface.attributesAt(row / rows, column / columns, unrotated)
      for (let i = 0; i < numAttributes; i++) data[at + POSITION + NORMAL + i] = attributes[i] as number
      for (let i = 0; i < 3; i++) points[3 * vertex + i] = point[i] as number
    }
  }
  const across = new Float64Array(3)
  const down = new Float64Array(3)
  for (let row = 0, vertex = 0; row <= rows; row++) {
    const above = row > 0 ? line : 0
    const below = row < rows ? line : 0
    for (let column = 0; column <= columns; column++, vertex++) {
      const left = column > 0 ? 1 : 0
      const right = column < columns ? 1 : 0
      writeDifference(points, vertex - left, vertex + right, across)
      writeDifference(points, vertex - above, vertex + below, down)
      writeNormal(across, down, data, vertex * stride + POSITION)
    }
  }
  return { rows, columns, stride, data }
}

function lightDirection(light: Light): Point3 {
  const azimuth = toRadians(light.azimuth)
  const elevation = toRadians(light.elevation)
  return [Math.sin(azimuth) * Math.cos(elevation), -Math.sin(elevation), Math.cos(azimuth) * Math.cos(elevation)]
}

function writeDifference(points: Float64Array, from: number, to: number, difference: Float64Array): void {
  for (let i = 0; i < 3; i++) difference[i] = (points[3 * to + i] as number) - (points[3 * from + i] as number)
}

/** Writes the unit normal of the plane that two directions span. */
function writeNormal(across: Float64Array, down: Float64Array, data: Float64Array, at: number): void {
  let squares = 0
  for (let i = 0; i < 3; i++) {
    const j = (i + 1) % 3
    const k = (i + 2) % 3
    const value = (across[j] as number) * (down[k] as number) - (across[k] as number) * (down[j] as number)
    data[at + i] = value
    squares += value * value
  }
  const length = sqrt(squares) || 1
  for (let i = 0; i < 3; i++) data[at + i] = (data[at + i] as number) / length
}
