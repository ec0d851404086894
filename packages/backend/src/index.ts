export type { Attempt, Engine, EngineName } from './engine.ts'
export { engineReport, releaseEngine, useEngine } from './use-engine.ts'
