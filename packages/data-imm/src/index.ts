export { type AsfShape, asfToKeypoints, parseAsf } from './asf.ts'
export { type ImmFileName, parseImmFileName } from './file-name.ts'
export { IMM_NOSE } from './imm-nose.ts'
