import type { Value } from '../../lowering/value.ts'
import type { Window } from '../window.ts'

/** Folds zero padding right before a convolution into the padding of its window. */
export function foldPadding(x: Value, window: Window): { readonly x: Value; readonly window: Window } {
  const { operation, stored, attributes } = x
  const [batch, rows, columns, channels] = (attributes['paddings'] ?? []) as readonly [number, number][]
  if (operation?.name !== 'PadV2' || stored || attributes['constant'] !== 0) return { x, window }
  if (!batch || !rows || !columns || !channels) return { x, window }
  if ([...batch, ...channels].some((side) => side !== 0)) return { x, window }
  const [top, left, bottom, right] = window.pads
  const pads = [top + rows[0], left + columns[0], bottom + rows[1], right + columns[1]] as const
  return { x: x.inputs[0] as Value, window: { ...window, pads } }
}
