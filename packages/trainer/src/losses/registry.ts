// The losses that settings can name. A new loss is one file like these, its test beside it, and one line here.

export { adaptiveWingDefinition } from './adaptive-wing-loss.ts'
export { euclideanDefinition } from './euclidean-loss.ts'
export { l1Definition } from './l1-loss.ts'
export { mseDefinition } from './mse-loss.ts'
export { simccDefinition } from './simcc-loss.ts'
export { smoothL1Definition } from './smooth-l1-loss.ts'
export { softWingDefinition } from './soft-wing-loss.ts'
export { starDefinition } from './star-loss.ts'
export { wingDefinition } from './wing-loss.ts'
