export { type SyntheticFacesOptions, syntheticFaces } from './synthetic-faces.ts'
export { type SyntheticImmOptions, syntheticImm } from './synthetic-imm.ts'
