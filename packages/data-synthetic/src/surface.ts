import type { Point3 } from './head.ts'
import type { Light } from './parameters.ts'
import { type Attributes, type Canvas, POSITION, rasterizeGrid, type VertexGrid } from './raster.ts'
import { toRadians, type View } from './view.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { max, min } = Math

/** A parametric surface with the two parameters `row` and `column`, each 0 to 1. */
export interface Surface {
  /** Cells of its grid. */
  readonly rows: number
  readonly columns: number
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

/** Renders a surface with diffuse lighting. */
export function renderSurface(
  canvas: Canvas,
  surface: Surface,
  { view, light }: { readonly view: View; readonly light: Light },
): void {
  const [lampX, lampY, lampZ] = lightDirection(light)
  const { covers } = surface
  rasterizeGrid(canvas, createGrid(surface, view), {
    ...(covers && {
      covers: (attributes: Attributes) => covers(attributes[NORMAL] as number, attributes[NORMAL + 1] as number),
    }),
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
  })
}

/** Computes the projected vertices. The first three attributes are the normal. */
function createGrid(surface: Surface, view: View): VertexGrid {
  const { rows, columns, followsHead } = surface
  const unrotated = Array.from({ length: rows + 1 }, (_, row) =>
    Array.from({ length: columns + 1 }, (_, column) => surface.pointAt(row / rows, column / columns)),
  )
  const points = followsHead ? unrotated.map((line) => line.map((point) => view.rotate(point))) : unrotated
  const clampedPoint = (row: number, column: number): Point3 =>
    (points[min(rows, max(0, row))] as Point3[])[min(columns, max(0, column))] as Point3
  const numAttributes = surface.attributesAt(0, 0, unrotated[0]?.[0] as Point3).length
  const stride = POSITION + NORMAL + numAttributes
  const data = new Float64Array((rows + 1) * (columns + 1) * stride)
  for (let row = 0, at = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++, at += stride) {
      const point = clampedPoint(row, column)
      const down = subtract(clampedPoint(row + 1, column), clampedPoint(row - 1, column))
      const across = subtract(clampedPoint(row, column + 1), clampedPoint(row, column - 1))
      data.set(view.project(point), at)
      data[at + 2] = point[2]
      data.set(normalize(cross(across, down)), at + POSITION)
      data.set(
        surface.attributesAt(row / rows, column / columns, unrotated[row]?.[column] as Point3),
        at + POSITION + NORMAL,
      )
    }
  }
  return { rows, columns, stride, data }
}

function lightDirection(light: Light): Point3 {
  const azimuth = toRadians(light.azimuth)
  const elevation = toRadians(light.elevation)
  return [Math.sin(azimuth) * Math.cos(elevation), -Math.sin(elevation), Math.cos(azimuth) * Math.cos(elevation)]
}

function subtract(a: Point3, b: Point3): Point3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

function cross(a: Point3, b: Point3): Point3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

function normalize(v: Point3): Point3 {
  const length = Math.hypot(...v) || 1
  return [v[0] / length, v[1] / length, v[2] / length]
}
