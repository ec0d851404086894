import { setColor } from './color.ts'
import { createHair } from './hair.ts'
import type { Head, Point3 } from './head.ts'
import { smoothstep, valueNoise } from './math.ts'
import type { Color, FaceParameters } from './parameters.ts'
import { type Canvas, rasterize } from './raster.ts'
import type { Scene } from './scene.ts'
import { createSkin } from './skin.ts'
import { columnAngle, createMesh, type Surface } from './surface.ts'

/** Renders neck, clothes, head, ears and hair. */
export function renderPerson(canvas: Canvas, parameters: FaceParameters, { head, features, view }: Scene): void {
  const { identity, light } = parameters
  const skin = createSkin(parameters, features, 1 / view.scale)
  const surfaces: Surface[] = [
    createNeck(identity.skin),
    createClothes(identity.clothes, identity.texture),
    {
      rows: 96,
      columns: 120,
      isClosed: true,
      followsHead: true,
      pointAt: (row, column) => head.surfaceAt(head.top + (head.chin - head.top) * row, columnAngle(column)),
      attributesAt: (_, column, [x, y]) => [x, y, Math.cos(columnAngle(column))],
      paint: (color, x, y, front) => {
        setColor(color, identity.skin)
        if (front > 0) skin(color, x, y)
      },
    },
    createEar(-1, head, identity.skin),
    createEar(1, head, identity.skin),
    ...createHair(parameters, head),
  ]
  rasterize(
    canvas,
    surfaces.map((surface) => createMesh(surface, { view, light })),
  )
}

function createNeck(skin: Color): Surface {
  const inShadow: Color = [skin[0] * 0.86, skin[1] * 0.84, skin[2] * 0.84]
  return {
    rows: 12,
    columns: 40,
    isClosed: false,
    followsHead: false,
    pointAt: (row, column) => {
      const radius = 0.62 + 0.25 * smoothstep(0.5, 1, row)
      const angle = columnAngle(column)
      return [radius * Math.sin(angle), 0.9 + 1.9 * row, -0.35 + 0.62 * Math.cos(angle)]
    },
    attributesAt: () => [],
    paint: (color) => setColor(color, inShadow),
  }
}

function createClothes(clothes: Color, seed: number): Surface {
  return {
    ...createEllipsoid([0, 3.75, -0.55], [2.45, 1.45, 0.95]),
    followsHead: false,
    paint: (color, u, v) => setColor(color, clothes, 0.92 + 0.1 * valueNoise(u * 30, v * 8, seed)),
  }
}

/** @param side -1: left of the image, 1: right */
function createEar(side: -1 | 1, head: Head, skin: Color): Surface {
  const inner: Color = [skin[0] * 0.93, skin[1] * 0.86, skin[2] * 0.85]
  return {
    ...createEllipsoid([side * (head.halfWidth(0.22) + 0.02), 0.22, -0.22], [0.09, 0.28, 0.17]),
    followsHead: true,
    paint: (color, _, v) => setColor(color, v > 0.3 && v < 0.7 ? inner : skin),
  }
}

function createEllipsoid(
  [cx, cy, cz]: Point3,
  [rx, ry, rz]: Point3,
): Pick<Surface, 'rows' | 'columns' | 'isClosed' | 'pointAt' | 'attributesAt'> {
  return {
    rows: 24,
    columns: 40,
    isClosed: true,
    pointAt: (row, column) => {
      const latitude = (row - 0.5) * Math.PI
      const angle = columnAngle(column)
      const radius = Math.cos(latitude)
      return [cx + rx * radius * Math.sin(angle), cy + ry * Math.sin(latitude), cz + rz * radius * Math.cos(angle)]
    },
    attributesAt: (row, column) => [row, column],
  }
}
