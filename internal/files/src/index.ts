export { isTemporaryFile, writeFileAtomic } from './write-file-atomic.ts'
