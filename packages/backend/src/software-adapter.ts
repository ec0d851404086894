/** Names of graphics cards that are emulated on the CPU. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|software/i

/** Tests whether a graphics card is emulated on the CPU. */
export function isSoftwareAdapter(name: string): boolean {
  return SOFTWARE.test(name)
}

export const SOFTWARE_NOTE = 'software: for tests, not for speed'
