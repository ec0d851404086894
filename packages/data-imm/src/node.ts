export { fetchImm } from './fetch-imm.ts'
export { type ImmDataset, type ImmRecord, readImm, splitImm } from './read-imm.ts'
