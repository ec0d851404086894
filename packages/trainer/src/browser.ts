export type { ThreadResult } from './thread/messages.ts'
export { serveTraining } from './thread/serve-training.ts'
export { trainInWorker, type WorkerOptions } from './thread/train-in-worker.ts'
