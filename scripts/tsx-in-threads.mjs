// For Node before 22.22.3, where tsx loads TypeScript in a thread only when asked to there:
// node --import tsx --import ./scripts/tsx-in-threads.mjs
import { isMainThread } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

if (!isMainThread) register()
