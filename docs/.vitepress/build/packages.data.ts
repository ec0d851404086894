import { listPackages, type Package } from './packages.ts'

/** The public packages, for the page that lists them. */
export default { load: (): Package[] => listPackages() }

export declare const data: Package[]
