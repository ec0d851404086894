import { adaptiveWingLoss } from './adaptive-wing-loss.ts'
import { euclideanLoss } from './euclidean-loss.ts'
import { l1Loss } from './l1-loss.ts'
import type { Loss } from './loss.ts'
import { mseLoss } from './mse-loss.ts'
import { simccLoss } from './simcc-loss.ts'
import { smoothL1Loss } from './smooth-l1-loss.ts'
import { softWingLoss } from './soft-wing-loss.ts'
import { starLoss } from './star-loss.ts'
import { wingLoss } from './wing-loss.ts'

/** A loss by its name, as plain JSON, with the options that it takes. */
export type LossSettings =
  | { readonly kind: 'mse' | 'l1' | 'euclidean' }
  | ({ readonly kind: 'smoothL1' } & Parameters<typeof smoothL1Loss>[0])
  | ({ readonly kind: 'wing' } & Parameters<typeof wingLoss>[0])
  | ({ readonly kind: 'softWing' } & Parameters<typeof softWingLoss>[0])
  | ({ readonly kind: 'adaptiveWing' } & Parameters<typeof adaptiveWingLoss>[0])
  | ({ readonly kind: 'star' } & Parameters<typeof starLoss>[0])
  | ({ readonly kind: 'simcc' } & Parameters<typeof simccLoss>[0])

/** The loss of some settings; any other is one already. */
export function resolveLoss(settings: Loss | LossSettings): Loss {
  if (!('kind' in settings)) return settings
  switch (settings.kind) {
    case 'mse':
      return mseLoss
    case 'l1':
      return l1Loss
    case 'euclidean':
      return euclideanLoss
    case 'smoothL1':
      return smoothL1Loss(settings)
    case 'wing':
      return wingLoss(settings)
    case 'softWing':
      return softWingLoss(settings)
    case 'adaptiveWing':
      return adaptiveWingLoss(settings)
    case 'star':
      return starLoss(settings)
    case 'simcc':
      return simccLoss(settings)
  }
}
