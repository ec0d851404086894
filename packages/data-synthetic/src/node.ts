export { type WriteIbugOptions, writeIbugFolder } from './write-ibug.ts'
export { type WriteImmOptions, writeImmFolder } from './write-imm.ts'
