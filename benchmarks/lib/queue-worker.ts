import { runWorker } from '@facekp/jobs-bullmq'

// Does the jobs of the queue at the address in its first argument until it is ended.
const controller = new AbortController()
process.once('SIGTERM', () => controller.abort())
await runWorker({ redis: process.argv[2] as string, workers: Number(process.argv[3]), signal: controller.signal })
