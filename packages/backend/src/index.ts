export type { ActiveBackend, Attempt, BackendName } from './backend.ts'
export { describeBackends, releaseBackend, useBackend } from './use-backend.ts'
