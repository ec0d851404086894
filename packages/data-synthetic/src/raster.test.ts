import { expect, test } from '@jest/globals'
import { clearCanvas, createCanvas, type Mesh, rasterize, type VertexGrid } from './raster.ts'

/** A ball of radius 6 about (10.3, 7.6, depth), between the pixels, with its normals as attributes. */
function createBall(depth: number): VertexGrid {
  const rows = 16
  const columns = 24
  const vertices = Array.from({ length: (rows + 1) * (columns + 1) }, (_, i) => {
    const latitude = (Math.floor(i / (columns + 1)) / rows - 0.5) * Math.PI
    const angle = ((2 * (i % (columns + 1))) / columns - 1) * Math.PI
    const normal = [Math.cos(latitude) * Math.sin(angle), Math.sin(latitude), Math.cos(latitude) * Math.cos(angle)]
    const [nx = 0, ny = 0, nz = 0] = normal
    return [10.3 + 6 * nx, 7.6 + 6 * ny, depth + 6 * nz, ...normal]
  })
  return { rows, columns, stride: 6, data: Float64Array.from(vertices.flat()) }
}

const paintNormals: Mesh['shade'] = (normal, color) => color.set(normal)

test('the front of a closed surface hides its back', () => {
  const [closed, open] = [true, false].map((isClosed) => {
    const canvas = createCanvas(20, 16)
    rasterize(canvas, [{ grid: createBall(0), isClosed, shade: paintNormals }])
    return canvas
  })
  expect(closed).toEqual(open)
  const center = 8 * 20 + 10
  expect(closed?.depth[center]).toBeGreaterThan(5.9)
  expect(closed?.colors[3 * center + 2]).toBeGreaterThan(0.9)
})

test('the back is seen through a hole', () => {
  const canvas = createCanvas(20, 16)
  const grid = createBall(0)
  rasterize(canvas, [{ grid, isClosed: false, covers: ([, , z]) => (z as number) < 0.9, shade: paintNormals }])
  expect(canvas.depth[8 * 20 + 10]).toBeLessThan(-5.9)
})

test('the nearest mesh is shaded, and what it hides is not', () => {
  const canvas = createCanvas(20, 16)
  const shaded: string[] = []
  const createMesh = (name: string, depth: number): Mesh => ({
    grid: createBall(depth),
    isClosed: true,
    shade: () => shaded.push(name),
  })
  for (const order of [
    ['far', 'near'],
    ['near', 'far'],
  ]) {
    shaded.length = 0
    rasterize(
      clearCanvas(canvas),
      order.map((name) => createMesh(name, name === 'near' ? 3 : 0)),
    )
    const covered = canvas.triangles.filter((triangle) => triangle >= 0)
    expect(shaded).toEqual(Array(covered.length).fill('near'))
  }
})
