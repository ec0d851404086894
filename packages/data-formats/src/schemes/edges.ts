import type { KeypointPart, KeypointScheme } from '@facekp/core'

type Edge = readonly [from: number, to: number]

/** Lists the lines of a scheme's parts as pairs of points. */
export function listEdges({ parts }: KeypointScheme): Edge[] {
  return parts.flatMap(({ indices, closed }) => {
    const edges: Edge[] = indices.slice(1).map((to, index) => [indices[index] as number, to])
    const isRing = closed && indices.length > 2
    return isRing ? [...edges, [indices.at(-1) as number, indices[0] as number]] : edges
  })
}

/** Joins edges to parts: an edge that begins at the end of the previous edge continues its part. */
export function partsFromEdges(edges: readonly Edge[]): KeypointPart[] {
  const parts: KeypointPart[] = []
  let indices: number[] = []
  const finish = (closed: boolean): void => {
    if (indices.length > 0) parts.push({ name: `part ${parts.length + 1}`, indices, closed })
    indices = []
  }
  for (const [from, to] of edges) {
    if (indices.at(-1) !== from) {
      finish(false)
      indices = [from]
    }
    if (to === indices[0] && indices.length > 2) finish(true)
    else indices.push(to)
  }
  finish(false)
  return parts
}
