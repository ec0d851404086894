/** Where the weights of FaceMesh come from, and the SHA-256 of its files. */
export const FACEMESH_SOURCE = {
  name: 'FaceMesh',
  source: '@vladmandic/human 3.3.6, models/facemesh',
  license: 'Apache-2.0',
  sha256: {
    json: 'b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7',
    bin: '3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b',
  },
} as const
