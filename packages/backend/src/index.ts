export type { ActiveBackend, BackendAttempt, BackendName } from './backend.ts'
export { BACKEND_NAMES } from './backend.ts'
export { registerTrainingKernels } from './training-kernels.ts'
export { describeBackends, releaseBackend, useBackend } from './use-backend.ts'
