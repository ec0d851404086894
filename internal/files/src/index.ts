export { isSystemFile } from './is-system-file.ts'
export { isTemporaryFile, writeFileAtomic } from './write-file-atomic.ts'
