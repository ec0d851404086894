import { type Dataset, FacekpError } from '@facekp/core'
import { formatCount } from './format-count.ts'

type WithScheme = Pick<Dataset, 'scheme'>

/** What {@link checkSamePoints} says of other points. */
export interface PointCheck {
  readonly code: string
  readonly problem: string
  /** Name of the variable or option whose scheme readers of datasets take; undefined for other points than those of a dataset. */
  readonly name?: string
}

/**
 * Checks that a dataset, or a landmarker, has the points of another one, by their names in order: positions that are compared would
 * otherwise be those of different points.
 *
 * @throws FacekpError with `code`
 */
export function checkSamePoints(
  { scheme }: WithScheme,
  dataset: WithScheme,
  { code, problem, name }: PointCheck,
): void {
  const received = describeDifference(scheme, dataset.scheme)
  if (received === undefined) return
  const points = `the ${formatCount(scheme.pointNames.length, 'point')} of scheme ${scheme.name} in their order`
  throw new FacekpError({
    code,
    problem,
    expected: name === undefined ? points : `${points}, as readers give them with scheme: ${name}.scheme`,
    received,
  })
}

function describeDifference(expected: Dataset['scheme'], { name, pointNames }: Dataset['scheme']): string | undefined {
  const { length } = pointNames
  if (length !== expected.pointNames.length) return `${formatCount(length, 'point')} of scheme ${name}`
  const index = pointNames.findIndex((pointName, point) => pointName !== expected.pointNames[point])
  if (index < 0) return undefined
  return `scheme ${name}, whose point ${index} is ${pointNames[index]} instead of ${expected.pointNames[index]}`
}
