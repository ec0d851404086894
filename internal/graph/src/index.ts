export type { Graph, GraphNode } from './graph.ts'
export { type LoadedGraph, loadGraph } from './load-graph.ts'
export { createSharedUse, type SharedUse } from './shared-use.ts'
