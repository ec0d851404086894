import type { Lowering } from '../../../lowering/value.ts'
import type { Window } from '../../window.ts'

/** Adds a border of zeros around the last two of four axes; a negative side cuts off. */
export function padMaps({ graph }: Lowering, name: string, [top, left, bottom, right]: Window['pads']): string {
  if ([top, left, bottom, right].every((side) => side === 0)) return name
  return graph.addNode('Pad', [name, graph.addIntegers([0, 0, top, left, 0, 0, bottom, right])])
}
