import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
/** Flip pairs found in point names, with warnings about doubtful ones. */
export interface InferredFlipPairs {
  readonly flipPairs: readonly (readonly [number, number])[]
  readonly warnings: readonly string[]
}

/** Words for the sides, whole or as a part of a compound name: left eye, eye_l, eyeLeft, L_eye. */
const LEFT = /^(left|l|lft)$/i
const RIGHT = /^(right|r|rgt)$/i

/**
 * Pairs points whose names differ in left and right only, such as `left_eye` and `right_eye`, `eyeL` and `eyeR`. A name that has a side but no
 * counterpart gives a warning, and so do names without any sides.
 */
export function inferFlipPairs(pointNames: readonly string[]): InferredFlipPairs {
  checkArgument(KINDS.strings, pointNames, 'pointNames', 'inferFlipPairs')
  // Of names that differ in case or separators only, the first has the counterpart.
  const keys = new Map([...pointNames.entries()].reverse().map(([index, name]) => [splitSide(name).join('|'), index]))
  const flipPairs: [number, number][] = []
  const unpaired: string[] = []
  for (const [index, name] of pointNames.entries()) {
    const words = splitSide(name)
    if (!words.includes('LEFT') && !words.includes('RIGHT')) continue
    const other = keys.get(words.map((word) => ({ LEFT: 'RIGHT', RIGHT: 'LEFT' })[word] ?? word).join('|'))
    if (other === undefined || other === index || keys.get(words.join('|')) !== index) unpaired.push(name)
    else if (index < other) flipPairs.push([index, other])
  }
  const warnings: string[] = []
  if (unpaired.length > 0)
    warnings.push(`no counterpart on the other side for ${unpaired.join(', ')}: check the flip pairs`)
  if (pointNames.length > 1 && flipPairs.length === 0) {
    warnings.push(
      'the point names say nothing of left and right, so no flip pairs are known: do not flip horizontally, or pass a scheme',
    )
  }
  return { flipPairs, warnings }
}

/** Splits a name into lower-case words with its side as LEFT or RIGHT. */
function splitSide(name: string): string[] {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[\s_./:-]+/)
    .filter((word) => word !== '')
  return words.map((word) => {
    if (LEFT.test(word)) return 'LEFT'
    return RIGHT.test(word) ? 'RIGHT' : word.toLowerCase()
  })
}
