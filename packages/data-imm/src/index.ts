export { type AsfShape, asfKeypoints, parseAsf } from './asf.ts'
export { type ImmName, parseImmFileName } from './file-name.ts'
export { IMM_NOSE } from './nose.ts'
