export { type WriteIbugOptions, writeIbugFolder } from './write-ibug-folder.ts'
export { type WriteImmOptions, writeImmFolder } from './write-imm-folder.ts'
