/**
 * Seconds of what a person does at a computer, by the keystroke-level model: S. K. Card, T. P. Moran and A. Newell, "The keystroke-level
 * model for user performance time with interactive systems", Communications of the ACM 23 (7), 1980.
 */
export const KEYSTROKE_LEVEL = {
  /** Operator K: to press a key or a button of the mouse, by an average typist of 55 words per minute. */
  key: 0.2,
  /** Operator P: to point at something by the mouse. */
  point: 1.1,
  /** Operator M: to look and decide. */
  look: 1.35,
} as const

/** Actions of several operators. */
interface Actions {
  /** To see what comes next, point at a button and press it. */
  readonly click: number
  /** To see that a point is wrong, take it and bring it to its place. */
  readonly drag: number
}

const { key, point, look } = KEYSTROKE_LEVEL

/** Seconds of each action. */
export const ACTIONS: Actions = { click: look + point + key, drag: look + point + key + point }
