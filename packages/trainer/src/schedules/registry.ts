// The schedules that settings can name. A new one is one file like these, its test beside it, and one line here.

export { constantDefinition } from './constant.ts'
export { cosineDefinition } from './cosine.ts'
export { oneCycleDefinition } from './one-cycle.ts'
export { plateauDefinition } from './plateau.ts'
export { stepDefinition } from './step.ts'
