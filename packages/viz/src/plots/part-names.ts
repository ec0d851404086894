import type { KeypointPart, Keypoints } from '@facekp/core'
import { pixelCenter } from '../drawing/keypoint-marks.ts'
import { renderText } from '../drawing/svg.ts'
import { COLORS } from '../drawing/theme.ts'

const FONT_SIZE = 12
/** Radius of a disc with its margin. */
const DISC_RADIUS = 6

interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/**
 * Renders the names of parts below, above or beside them, without overlap with discs and other names.
 *
 * A name without a free place is omitted, as is that of a part without drawn points.
 *
 * @param points in plot coordinates
 * @param drawnPoints indices of the points that are drawn
 * @param width of the plot
 */
export function renderPartNames(
  points: Keypoints,
  parts: readonly KeypointPart[],
  drawnPoints: readonly number[],
  width: number,
): string[] {
  const discs = new Map(drawnPoints.map((point) => [point, createDiscArea(points, point)]))
  const occupied = [...discs.values()]
  return parts.flatMap(({ name, indices }) => {
    const partDiscs = indices.flatMap((point) => discs.get(point) ?? [])
    if (partDiscs.length === 0) return []
    const free = listPlaces(enclose(partDiscs), name).find(
      (area) => area.left >= 0 && area.right <= width && !occupied.some((other) => isOverlapping(area, other)),
    )
    if (!free) return []
    occupied.push(free)
    return renderText((free.left + free.right) / 2, free.bottom - 3, name, {
      size: FONT_SIZE,
      color: COLORS.soft,
      anchor: 'middle',
    })
  })
}

function createDiscArea(points: Keypoints, point: number): Area {
  const x = pixelCenter(points[2 * point] as number, 1)
  const y = pixelCenter(points[2 * point + 1] as number, 1)
  return createArea(x, y, 2 * DISC_RADIUS, 2 * DISC_RADIUS)
}

/** Lists the places of a name in order of preference: below, above, left and right of its part. */
function listPlaces(part: Area, name: string): Area[] {
  const width = 0.62 * FONT_SIZE * name.length
  const height = 1.2 * FONT_SIZE
  const x = (part.left + part.right) / 2
  const y = (part.top + part.bottom) / 2
  return [
    createArea(x, part.bottom + height / 2 + 2, width, height),
    createArea(x, part.top - height / 2 - 2, width, height),
    createArea(part.left - width / 2 - 4, y, width, height),
    createArea(part.right + width / 2 + 4, y, width, height),
  ]
}

function enclose(areas: readonly Area[]): Area {
  return {
    left: Math.min(...areas.map(({ left }) => left)),
    right: Math.max(...areas.map(({ right }) => right)),
    top: Math.min(...areas.map(({ top }) => top)),
    bottom: Math.max(...areas.map(({ bottom }) => bottom)),
  }
}

function createArea(x: number, y: number, width: number, height: number): Area {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 }
}

function isOverlapping(a: Area, b: Area): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
