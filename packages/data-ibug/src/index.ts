export { parseFrames } from './frames-csv.ts'
export { isMirrored, type Split300W, split300W } from './protocol-300w.ts'
export { formatSubmission, parseSubmission, scoreSubmission } from './submission.ts'
