import { FacekpError } from '@facekp/core'
import type { AnnotatedDataset } from '@facekp/data-formats/node'
import { usageError } from './usage-error.ts'

/**
 * Groups samples by what a regular expression matches in the paths of their images: its first group, or else all of it.
 *
 * @returns the group of a sample, by its id
 * @throws FacekpError `OPTION_INVALID` if the expression is invalid, `GROUPS_UNMATCHED` if it does not match an image
 */
export function groupImages({ records }: Pick<AnnotatedDataset, 'records'>, expression: string): Map<string, string> {
  const pattern = parsePattern(expression)
  return new Map(
    records.map(({ id, image }) => {
      const match = pattern.exec(image.file)
      if (match) return [id, match[1] ?? match[0]]
      throw new FacekpError({
        code: 'GROUPS_UNMATCHED',
        problem: `--groups ${expression} does not match an image`,
        expected: 'a regular expression that matches the path of every image, such as "^\\d+"',
        received: image.file,
      })
    }),
  )
}

function parsePattern(expression: string): RegExp {
  try {
    return new RegExp(expression)
  } catch (cause) {
    throw usageError('--groups', 'a regular expression, such as "^(\\d+)-"', (cause as Error).message)
  }
}
