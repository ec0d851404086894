import { MESH_468 } from './mesh468.ts'
import { flipIndices } from './scheme.ts'

/**
 * Strips of triangles, separated by spaces: each point forms a triangle with the two before it. A point is its number in two digits to
 * base 36. Written by `mesh-strips.py`; as a list of numbers, the triangles would be a sixth of this package.
 */
const MIRRORED_STRIPS =
  '1o236o6j1s1c1d3n5t5i616k4u5g583e6t5d6s596r5a3p4t4b4d4a4e494f414g404h4j6u070x0p3m6a6v35691a1h1r1g2x1u1x2z300947 2v1i2w1w1r1z1y3v4c0y3z6b383t3f4x435z5x3u5c3r5y4p5u5v5o5e2y522j512i502h4z2g4y 1w0l1z4i3v3j0y6i6b2l3t3o4x1m5z4s3u3s3r464p4q5v3w0w4r5s5j5k 2n262o1q2524421p171l5m5w5y5r575p1e2t3a3b6e3c6f6g0q344b3p 5b28531654225514562k605q5p102t2s3c3d6g3k6h6t6s 28291615222114132k4l5q5n103y2s3i1b61364u58 1s1d2u3l1s2q6o2r1o0k4m27626l641819041f055f 4a490m410n400o326c0p0v6a330z3z3g4c1a1y1r 5v0w5e5l522b512c502d4z2e4y2f 265b1q5324541p551l565w605r5p 1f5f035h5g063e4o5d081j092z 6v0u69681h671g661t651j595d 0b00114k4n022p3x6q6p6m6n 0m0n6e6d3a391e3f57435x 4t5a1k650s660r670t680u 231n6j631c373n643q191f 0c0b2011134n4l2p2q2r 1r2x2w1x1v3031470a 46454q4w3w444r4v5j 2d2c0h2b0i5l5k5s 2m0j3x3h6p6l6n27 0h0g2d0f2e0e2f 0n0o6d6c390v33 0t4g0r4f0s4e4d 1321201512292a 422j252i2o2h2g 5y5u5m5o172y2j 6e6f0m0q4a4b 1n4m63623764 4l2q5n3l3y3i 2a0d120c20 3h0j180104 6m0k6q2r2p 1a3g350z6a 1b363k586t 1f6k3q5i3n 1j2z1t1u1g 404j32070p 3z38333f39 6g6h346s6r 613i5t3l1d 5g6k031f 0s4d1k4t 0t0u4g4h 6u6v0x3m 2s1b3d3k 5y575c5x 022m3x 0l1w1i 0w5s5l 172j42 186l3h 1v2v2w 2g2n2o 2t3c3b 346r3p 44484v 59655a'
const UNMIRRORED_STRIPS = '0k6m276n 0u6v4h6u 1n234m1o 8lcr6ycq ascy78cz 8h8182aw'

/** The 880 triangles of the face mesh: three points each. From MediaPipe's canonical face model (Apache-2.0). */
export const MESH_TRIANGLES: readonly number[] = listTriangles()

function listTriangles(): number[] {
  const flip = flipIndices(MESH_468)
  const triangles = readStrips(MIRRORED_STRIPS)
  // In reverse, which keeps the front of each triangle in front.
  const mirrored = triangles.map((point) => flip[point] as number).reverse()
  return [...triangles, ...mirrored, ...readStrips(UNMIRRORED_STRIPS)]
}

function readStrips(strips: string): number[] {
  return strips.split(' ').flatMap((strip) => {
    const points = Array.from({ length: strip.length / 2 }, (_, i) =>
      Number.parseInt(strip.slice(2 * i, 2 * i + 2), 36),
    )
    return points.slice(2).flatMap((point, i) => [points[i + (i % 2)], points[i + 1 - (i % 2)], point] as number[])
  })
}
