export { endOnOutputError, ignoreOutputError } from './end-on-output-error.ts'
export { type Progress, type ProgressOptions, startProgress } from './progress.ts'
export type { ProgressStream } from './progress-stream.ts'
