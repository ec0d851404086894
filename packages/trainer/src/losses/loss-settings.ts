import { adaptiveWing } from './adaptive-wing.ts'
import { axisDivergence } from './axis-divergence.ts'
import type { Loss } from './loss.ts'
import { meanAbsoluteError } from './mean-absolute-error.ts'
import { meanDistance } from './mean-distance.ts'
import { meanSquaredError } from './mean-squared-error.ts'
import { smoothL1 } from './smooth-l1.ts'
import { softWing } from './soft-wing.ts'
import { star } from './star.ts'
import { wing } from './wing.ts'

/** A loss by its name, as plain JSON, with the options that it takes. */
export type LossSettings =
  | { readonly kind: 'meanSquaredError' | 'meanAbsoluteError' | 'meanDistance' }
  | ({ readonly kind: 'smoothL1' } & Parameters<typeof smoothL1>[0])
  | ({ readonly kind: 'wing' } & Parameters<typeof wing>[0])
  | ({ readonly kind: 'softWing' } & Parameters<typeof softWing>[0])
  | ({ readonly kind: 'adaptiveWing' } & Parameters<typeof adaptiveWing>[0])
  | ({ readonly kind: 'star' } & Parameters<typeof star>[0])
  | ({ readonly kind: 'axisDivergence' } & Parameters<typeof axisDivergence>[0])

/** The loss of some settings; any other is one already. */
export function namedLoss(settings: Loss | LossSettings): Loss {
  if (!('kind' in settings)) return settings
  switch (settings.kind) {
    case 'meanSquaredError':
      return meanSquaredError
    case 'meanAbsoluteError':
      return meanAbsoluteError
    case 'meanDistance':
      return meanDistance
    case 'smoothL1':
      return smoothL1(settings)
    case 'wing':
      return wing(settings)
    case 'softWing':
      return softWing(settings)
    case 'adaptiveWing':
      return adaptiveWing(settings)
    case 'star':
      return star(settings)
    case 'axisDivergence':
      return axisDivergence(settings)
  }
}
