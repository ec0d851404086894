export { hashId } from './hash-id.ts'
export { createIdSet, type IdSet } from './id-set.ts'
