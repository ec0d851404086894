import type { Point3 } from './head.ts'
import type { Color, Light } from './parameters.ts'
import { type Canvas, rasterizeGrid, type Vertex } from './raster.ts'
import { toRadians, type View } from './view.ts'

/** A parametric surface with the two parameters `row` and `column`, each 0 to 1. */
export interface Surface {
  /** Cells of its grid. */
  readonly rows: number
  readonly columns: number
  /** Whether it rotates with the head. */
  readonly followsHead: boolean
  pointAt(row: number, column: number): Point3
  /** Input of `colorAt` at a vertex, interpolated in between. */
  attributesAt(row: number, column: number, point: Point3): readonly number[]
  /** Color before lighting; undefined leaves a hole. */
  colorAt(attributes: Float64Array): Color | undefined
}

/** Computes the angle about the vertical axis: from the back around the left of the image, the front and the right. */
export function columnAngle(column: number): number {
  return (2 * column - 1) * Math.PI
}

/** Renders a surface with diffuse lighting. */
export function renderSurface(
  canvas: Canvas,
  surface: Surface,
  { view, light }: { readonly view: View; readonly light: Light },
): void {
  const grid = createGrid(surface, view)
  const lamp = lightDirection(light)
  rasterizeGrid(canvas, grid, (attributes) => {
    const color = surface.colorAt(attributes.subarray(3))
    if (!color) return undefined
    const [nx, ny, nz] = attributes as unknown as Point3
    const facing = nx * lamp[0] + ny * lamp[1] + nz * lamp[2]
    const diffuse = light.ambient + light.strength * Math.max(0, 0.15 + 0.85 * facing)
    // Surfaces at a grazing angle to the camera are darker, as in a room.
    const intensity = diffuse * (0.72 + 0.28 * Math.max(0, nz))
    return [color[0] * intensity, color[1] * intensity, color[2] * intensity]
  })
}

/** Computes the projected vertices. The first three attributes are the normal. */
function createGrid(surface: Surface, view: View): Vertex[][] {
  const { rows, columns, followsHead } = surface
  const unrotated = Array.from({ length: rows + 1 }, (_, row) =>
    Array.from({ length: columns + 1 }, (_, column) => surface.pointAt(row / rows, column / columns)),
  )
  const points = followsHead ? unrotated.map((line) => line.map((point) => view.rotate(point))) : unrotated
  const clampedPoint = (row: number, column: number): Point3 =>
    (points[Math.min(rows, Math.max(0, row))] as Point3[])[Math.min(columns, Math.max(0, column))] as Point3
  return points.map((line, row) =>
    line.map((point, column): Vertex => {
      const down = subtract(clampedPoint(row + 1, column), clampedPoint(row - 1, column))
      const across = subtract(clampedPoint(row, column + 1), clampedPoint(row, column - 1))
      const attributes = surface.attributesAt(row / rows, column / columns, unrotated[row]?.[column] as Point3)
      return {
        screen: view.project(point),
        z: point[2],
        attributes: [...normalize(cross(across, down)), ...attributes],
      }
    }),
  )
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
