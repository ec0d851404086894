import { featuresOf } from './features.ts'
import { getHead, type Head, type Point3 } from './head.ts'
import { noise, smoothstep } from './math.ts'
import type { Color, FaceParameters } from './parameters.ts'
import type { Canvas, Vertex } from './raster.ts'
import { drawGrid } from './raster.ts'
import { skinOf } from './skin.ts'
import { type View, viewOf } from './view.ts'

/** What a head and its picture are made of. */
export interface Scene {
  readonly head: Head
  readonly features: ReturnType<typeof featuresOf>
  readonly view: View
}

export function sceneOf(parameters: FaceParameters, width: number, height: number): Scene {
  const features = featuresOf(parameters)
  return { features, head: getHead(parameters, features), view: viewOf(parameters, width, height) }
}

/** A surface by two coordinates of its own, both 0 to 1, and what it is painted by beside its normal. */
interface Surface {
  readonly rows: number
  readonly columns: number
  at(row: number, column: number): Point3
  values(row: number, column: number, point: Point3): readonly number[]
  /** Whether it turns with the head. */
  readonly turns: boolean
  paint(values: Float64Array): Color | undefined
}

/** Body, head, ears and hair; light falls on each from the front. */
export function drawPerson(canvas: Canvas, parameters: FaceParameters, scene: Scene): void {
  const { identity, light } = parameters
  const skin = skinOf(parameters, scene.features, 1 / scene.view.scale)
  const { head } = scene
  const surfaces: Surface[] = [
    ...bodyOf(identity.skin, identity.clothes, identity.texture),
    {
      rows: 96,
      columns: 120,
      turns: true,
      at: (row, column) => head.at(heightAt(head, row), angleAt(column)),
      values: (_, column, [x, y]) => [x, y, Math.cos(angleAt(column))],
      paint: ([x, y, front]) => ((front as number) > 0 ? skin(x as number, y as number) : identity.skin),
    },
    earOf(-1, head, identity.skin),
    earOf(1, head, identity.skin),
    ...hairOf(parameters, head),
  ]
  for (const surface of surfaces) drawSurface(canvas, surface, scene.view, light)
}

function heightAt(head: Head, row: number): number {
  return head.top + (head.chin - head.top) * row
}

/** From the back around the picture's left, the front and its right. */
function angleAt(column: number): number {
  return (2 * column - 1) * Math.PI
}

function drawSurface(canvas: Canvas, surface: Surface, view: View, light: FaceParameters['light']): void {
  const { rows, columns, turns } = surface
  const places = Array.from({ length: rows + 1 }, (_, row) =>
    Array.from({ length: columns + 1 }, (_, column) => surface.at(row / rows, column / columns)),
  )
  const points = turns ? places.map((line) => line.map((place) => view.turn(place))) : places
  const point = (row: number, column: number): Point3 =>
    (points[Math.min(rows, Math.max(0, row))] as Point3[])[Math.min(columns, Math.max(0, column))] as Point3
  const grid = points.map((line, row) =>
    line.map((turned, column): Vertex => {
      const down = minus(point(row + 1, column), point(row - 1, column))
      const across = minus(point(row, column + 1), point(row, column - 1))
      const values = surface.values(row / rows, column / columns, places[row]?.[column] as Point3)
      return { screen: view.project(turned), z: turned[2], values: [...unit(cross(across, down)), ...values] }
    }),
  )
  const [azimuth, elevation] = [(light.azimuth * Math.PI) / 180, (light.elevation * Math.PI) / 180]
  const lamp: Point3 = [
    Math.sin(azimuth) * Math.cos(elevation),
    -Math.sin(elevation),
    Math.cos(azimuth) * Math.cos(elevation),
  ]
  drawGrid(canvas, grid, (values) => {
    const color = surface.paint(values.subarray(3))
    if (!color) return undefined
    const [nx, ny, nz] = values as unknown as Point3
    const facing = nx * lamp[0] + ny * lamp[1] + nz * lamp[2]
    const shade = light.ambient + light.strength * Math.max(0, 0.15 + 0.85 * facing)
    // Edges turned away from the camera get less light, as in a room.
    const shaped = shade * (0.72 + 0.28 * Math.max(0, nz))
    return [color[0] * shaped, color[1] * shaped, color[2] * shaped]
  })
}

function earOf(side: -1 | 1, head: Head, skin: Color): Surface {
  const [x, y, z] = [side * (head.halfWidth(0.22) + 0.02), 0.22, -0.22]
  return ellipsoid([x, y, z], [0.09, 0.28, 0.17], true, ([, v]) =>
    (v as number) > 0.3 && (v as number) < 0.7 ? [skin[0] * 0.93, skin[1] * 0.86, skin[2] * 0.85] : skin,
  )
}

function bodyOf(skin: Color, clothes: Color, seed: number): Surface[] {
  return [
    {
      rows: 12,
      columns: 40,
      turns: false,
      at: (row, column) => {
        const wide = 0.62 + 0.25 * smoothstep(0.5, 1, row)
        const angle = angleAt(column)
        return [wide * Math.sin(angle), 0.9 + 1.9 * row, -0.35 + 0.62 * Math.cos(angle)]
      },
      values: () => [],
      paint: () => [skin[0] * 0.86, skin[1] * 0.84, skin[2] * 0.84],
    },
    ellipsoid([0, 3.75, -0.55], [2.45, 1.45, 0.95], false, ([u, v]) => {
      const folds = 0.92 + 0.1 * noise((u as number) * 30, (v as number) * 8, seed)
      return [clothes[0] * folds, clothes[1] * folds, clothes[2] * folds]
    }),
  ]
}

function ellipsoid(
  [cx, cy, cz]: Point3,
  [rx, ry, rz]: Point3,
  turns: boolean,
  paint: (values: Float64Array) => Color,
): Surface {
  return {
    rows: 24,
    columns: 40,
    turns,
    at: (row, column) => {
      const [latitude, angle] = [(row - 0.5) * Math.PI, angleAt(column)]
      const wide = Math.cos(latitude)
      return [cx + rx * wide * Math.sin(angle), cy + ry * Math.sin(latitude), cz + rz * wide * Math.cos(angle)]
    },
    values: (row, column) => [row, column],
    paint,
  }
}

function hairOf({ identity }: FaceParameters, head: Head): Surface[] {
  const { hair, hairline, hairColor, texture } = identity
  if (hair === 'bald') return []
  const long = hair === 'long'
  const thickness = long ? 0.15 : 0.09
  const bottom = long ? 2.3 : 1
  const top = head.top - 0.02
  return [
    {
      rows: 60,
      columns: 90,
      turns: true,
      at: (row, column) => {
        const y = top + (bottom - top) * row
        const [x, shellY, z] = head.shell(Math.min(y, 0.5), angleAt(column), thickness)
        return [x, y > 0.5 ? y : shellY, z]
      },
      values: (row, column) => [top + (bottom - top) * row, angleAt(column)],
      paint: ([y, angle]) => {
        const around = Math.abs(angle as number)
        const ragged = 0.05 * noise((angle as number) * 14, 3, texture)
        const forehead = -0.98 * hairline - 0.08 * Math.cos(around * 2) + ragged
        const beside = long ? bottom : 0.05 + 0.9 * smoothstep(1.5, 2, around)
        const end = forehead + (beside - forehead) * smoothstep(0.85, long ? 1.25 : 1.3, around)
        if ((y as number) > end) return undefined
        const strands = 0.8 + 0.35 * noise((angle as number) * 24, (y as number) * 3, texture + 5)
        return [hairColor[0] * strands, hairColor[1] * strands, hairColor[2] * strands]
      },
    },
  ]
}

function minus(a: Point3, b: Point3): Point3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

function cross(a: Point3, b: Point3): Point3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

function unit(v: Point3): Point3 {
  const length = Math.hypot(...v) || 1
  return [v[0] / length, v[1] / length, v[2] / length]
}
