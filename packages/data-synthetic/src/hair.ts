import { setColor } from './color.ts'
import type { Head } from './head.ts'
import { smoothstep, valueNoise } from './math.ts'
import type { FaceParameters } from './parameters.ts'
import { columnAngle, type Surface } from './surface.ts'

/** Creates the hair of a person: no surface if the person is bald. */
export function createHair({ identity }: FaceParameters, head: Head): Surface[] {
  const { hair, hairline, hairColor, texture } = identity
  if (hair === 'bald') return []
  const isLong = hair === 'long'
  const thickness = isLong ? 0.15 : 0.09
  const bottom = isLong ? 2.3 : 1
  const top = head.top - 0.02

  /** Computes the height at which the hair ends at this angle. */
  const lowerEdge = (angle: number): number => {
    const around = Math.abs(angle)
    const ragged = 0.05 * valueNoise(angle * 14, 3, texture)
    const forehead = -0.98 * hairline - 0.08 * Math.cos(around * 2) + ragged
    const beside = isLong ? bottom : 0.05 + 0.9 * smoothstep(1.5, 2, around)
    return forehead + (beside - forehead) * smoothstep(0.85, isLong ? 1.25 : 1.3, around)
  }
  return [
    {
      rows: 60,
      columns: 90,
      isClosed: false,
      followsHead: true,
      pointAt: (row, column) => {
        const y = top + (bottom - top) * row
        const [x, shellY, z] = head.shellAt(Math.min(y, 0.5), columnAngle(column), thickness)
        return [x, y > 0.5 ? y : shellY, z]
      },
      attributesAt: (row, column) => [top + (bottom - top) * row, columnAngle(column)],
      covers: (y, angle) => y <= lowerEdge(angle),
      paint: (color, y, angle) => {
        const strands = 0.8 + 0.35 * valueNoise(angle * 24, y * 3, texture + 5)
        setColor(color, hairColor, strands)
      },
    },
  ]
}
