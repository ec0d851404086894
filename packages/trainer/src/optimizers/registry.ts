// The optimizers that settings can name. A new one is one file like these, its test beside it, and one line here.

export { adamDefinition } from './adam.ts'
export { sgdDefinition } from './sgd.ts'
