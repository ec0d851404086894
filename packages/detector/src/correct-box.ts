import type { Box } from '@facekp/core'

/** Position and size of the corrected box, as fractions of the sides of the network's box. */
export interface BoxCorrection {
  /** How far its center lies below. */
  readonly shiftY: number
  readonly width: number
  readonly height: number
}

/** Means over the training people of IMM, from `pnpm bench:detector-box`. */
export const BOX_CORRECTION: BoxCorrection = { shiftY: 0.066, width: 0.89, height: 0.955 }

/** Corrects the network's box, in which the face is upright. */
export function correctBox({ left, top, width, height }: Box, correction: BoxCorrection): Box {
  const correctedWidth = width * correction.width
  const correctedHeight = height * correction.height
  return {
    left: left + (width - correctedWidth) / 2,
    top: top + height * correction.shiftY + (height - correctedHeight) / 2,
    width: correctedWidth,
    height: correctedHeight,
  }
}
