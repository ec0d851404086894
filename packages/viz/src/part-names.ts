import type { KeypointScheme, Keypoints } from '@facekp/core'
import { place } from './picture.ts'
import { textAt } from './svg.ts'
import { INK } from './theme.ts'

/** Of the letters, and the radius of a disc with some air. */
const [NAME_SIZE, DISC] = [12, 6]

/**
 * Names of parts on a face, each below, above or beside its part, where it covers no disc and no other name; a name without such a place is
 * left out.
 *
 * @param points as they are drawn
 * @param known those of them that are drawn
 * @param width that there is
 */
export function partNames(
  points: Keypoints,
  { parts }: Pick<KeypointScheme, 'parts'>,
  known: readonly number[],
  width: number,
): string[] {
  const taken = known.map((point) => {
    const [x, y] = [place(points[2 * point] as number, 1), place(points[2 * point + 1] as number, 1)]
    return { left: x - DISC, right: x + DISC, top: y - DISC, bottom: y + DISC }
  })
  return parts.flatMap(({ name, indices }) => {
    const own = indices.filter((point) => known.includes(point)).map((point) => taken[known.indexOf(point)] as Area)
    if (own.length === 0) return []
    const part = {
      left: Math.min(...own.map(({ left }) => left)),
      right: Math.max(...own.map(({ right }) => right)),
      top: Math.min(...own.map(({ top }) => top)),
      bottom: Math.max(...own.map(({ bottom }) => bottom)),
    }
    const [length, height] = [0.62 * NAME_SIZE * name.length, 1.2 * NAME_SIZE]
    const [x, y] = [(part.left + part.right) / 2, (part.top + part.bottom) / 2]
    const free = [
      areaAt(x, part.bottom + height / 2 + 2, length, height),
      areaAt(x, part.top - height / 2 - 2, length, height),
      areaAt(part.left - length / 2 - 4, y, length, height),
      areaAt(part.right + length / 2 + 4, y, length, height),
    ].find((area) => area.left >= 0 && area.right <= width && !taken.some((other) => overlap(area, other)))
    if (!free) return []
    taken.push(free)
    return textAt((free.left + free.right) / 2, free.bottom - 3, name, {
      size: NAME_SIZE,
      color: INK.soft,
      anchor: 'middle',
    })
  })
}

interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

function areaAt(x: number, y: number, width: number, height: number): Area {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 }
}

function overlap(a: Area, b: Area): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
