import type { Features } from './features.ts'
import { bump, clamp, smoothstep } from './math.ts'
import type { FaceParameters } from './parameters.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { abs, exp, max } = Math

/** Height of nose, sockets, brows, cheeks, lips and chin above the ellipses of the head, at (x, y) seen from the front. */
export type Relief = (x: number, y: number) => number

/** Creates the relief of a face. */
export function createRelief({ identity, expression }: FaceParameters, features: Features, chin: number): Relief {
  const { noseDepth } = identity
  const { eye, mouth, nose } = features
  const lipLevel = (mouth.innerUpper(0) + mouth.innerLower(0)) / 2
  const smile = max(0, expression.smile)
  return (x, y) => {
    const side = abs(x)
    if (side > 1 || y < -0.7) return 0
    // Ridge of the nose: from the bridge to the tip, then back to the base.
    const t = y / nose.tip
    const ridge =
      t < 1
        ? 0.075 * smoothstep(-0.6, 0.1, t) + 0.37 * clamp(t, 0, 1) ** 1.5
        : 0.445 * (1 - smoothstep(nose.tip, nose.base + 0.07, y))
    const spread = 0.095 + 0.045 * clamp(t, 0, 1) + 0.03 * bump(0, y - nose.tip, 1, 0.1)
    let z = noseDepth * ridge * exp(-0.5 * (side / spread) ** 2)
    z += 0.15 * noseDepth * bump(side - 0.62 * nose.width, y - (nose.tip + 0.035), 0.27 * nose.width, 0.075)
    z -= 0.1 * bump(side - eye.center * 0.9, y + 0.02, 0.27, 0.16)
    z += 0.055 * bump(side - eye.center, y, 0.17, 0.12)
    z += 0.05 * bump(side - 0.45, y + 0.3, 0.35, 0.1)
    z += 0.05 * bump(side - 0.66, y - (0.5 - 0.08 * smile), 0.25, 0.22) * (1 + 1.2 * smile)
    z += 0.09 * bump(side, y - lipLevel, 0.3, 0.2)
    z += 0.035 * bump(side, y - (mouth.upper(0) + mouth.innerUpper(0)) / 2, 0.26, 0.05)
    z += 0.045 * bump(side, y - (mouth.lower(0) + mouth.innerLower(0)) / 2, 0.22, 0.055)
    z -= 0.05 * bump(side, y - (mouth.lower(0) + 0.07), 0.25, 0.05)
    z -= 0.03 * bump(side - (mouth.halfWidth + 0.05), y - mouth.corner, 0.07, 0.08)
    z += 0.09 * bump(side, y - (chin - 0.27), 0.25, 0.13)
    return z
  }
}
