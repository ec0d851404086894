import type { DisplacementGrid } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { type BorderOptions, borderSchemas, sizeSchema } from '../schemas.ts'

export interface GridOptions extends BorderOptions {
  /** Cells along each axis, 1 to 32; default 4. */
  readonly cells?: number
  /** Largest displacement of a node, as a fraction of the cell's shorter side: 0 to 0.24, so that nothing folds over. */
  readonly strength: number
}

export type GridParams = {
  /** Displacements as fractions of a cell's shorter side, row by row. */
  readonly dx: readonly number[]
  readonly dy: readonly number[]
  /** Size of the image that the parameters are for. */
  readonly width: number
  readonly height: number
}

const MAX_STRENGTH = 0.24

/** Creates an augmentation that displaces the nodes of a grid at random. */
export function gridAugmentation(
  name: string,
  form: DisplacementGrid['form'],
  input: GridOptions,
): Augmentation<GridParams> {
  const definition: Definition<Required<GridOptions>, GridParams> = {
    name,
    options: z.strictObject({
      cells: z._default(z.int().check(z.minimum(1), z.maximum(32)), 4),
      strength: z.number().check(z.minimum(0), z.maximum(MAX_STRENGTH)),
      ...borderSchemas,
    }),
    params({ cells }) {
      const values = z
        .array(z.number().check(z.minimum(-MAX_STRENGTH), z.maximum(MAX_STRENGTH)))
        .check(z.length(countNodes(form, cells)))
      return z.strictObject({ dx: values, dy: values, ...sizeSchema })
    },
    makeParams(random, { image: { width, height } }, { cells, strength }) {
      const draw = (): number[] =>
        Array.from({ length: countNodes(form, cells) }, () => random.uniform(-strength, strength))
      return { dx: draw(), dy: draw(), width, height }
    },
    createOp: ({ dx, dy, width, height }, { cells, border, outOfFrame }) => {
      const side = Math.min(width, height) / cells
      const pixels = (values: readonly number[]): number[] => values.map((value) => value * side)
      return {
        from: { width, height },
        to: { width, height },
        map: { kind: 'grid', form, width, height, columns: cells, rows: cells, dx: pixels(dx), dy: pixels(dy) },
        border: { border, outOfFrame },
      }
    },
  }
  return define(definition, input)
}

function countNodes(form: DisplacementGrid['form'], cells: number): number {
  return (cells + (form === 'linear' ? 1 : 3)) ** 2
}
