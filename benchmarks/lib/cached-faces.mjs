// In threads, tsx loads TypeScript only where it is asked to.
import { tsImport } from 'tsx/esm/api'

export default (await tsImport('./cached-faces.ts', import.meta.url)).default
