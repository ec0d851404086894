export { type BullmqExecutorOptions, bullmqExecutor } from './bullmq-executor.ts'
export type { QueueOptions } from './queue-options.ts'
export { type RunWorkerOptions, runWorker } from './run-worker.ts'
