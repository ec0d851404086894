import { readdirSync, readFileSync } from 'node:fs'
import type { DefaultTheme } from 'vitepress'
import { listPackages, ROOT } from './packages.ts'

type Item = DefaultTheme.SidebarItem

/** Pages of a folder of the repository, by the first heading of each. */
function listPages(folder: string): Item[] {
  const files = readdirSync(`${ROOT}${folder}`).filter((file) => file.endsWith('.md') && file !== 'index.md')
  return files.map((file) => {
    const text = readFileSync(`${ROOT}${folder}/${file}`, 'utf8')
    const [, title = file] = /^# (.+)$/m.exec(text) ?? []
    return { text: title.replaceAll('`', ''), link: `/${folder.replace(/^docs\//, '')}/${file.slice(0, -3)}` }
  })
}

/** Each package: what it is for, and the reference of each of its entries. */
function listReference(): Item[] {
  return listPackages().map(({ folder, name, entries }) => ({
    text: name,
    link: `/packages/${folder}`,
    collapsed: true,
    // Entries of `facekp` only export others again.
    items:
      folder === 'facekp' ? [] : entries.map((entry) => ({ text: `API of ${entry.name}`, link: `/api/${entry.name}` })),
  }))
}

const reference: Item[] = [
  { text: 'Packages', items: [{ text: 'All packages', link: '/packages/' }, ...listReference()] },
]

const guides: Item[] = [
  {
    text: 'Tutorials',
    items: [
      { text: 'Overview', link: '/overview' },
      { text: 'Your own points in ten minutes', link: '/tutorials/your-own-points' },
      { text: 'The course in three parts', link: '/tutorials/course' },
      { text: 'Ship to a page', link: '/tutorials/ship-to-a-page' },
      { text: 'A server in Node', link: '/tutorials/node-server' },
      { text: 'Batch and cluster', link: '/tutorials/batch-and-cluster' },
    ],
  },
  {
    text: 'Guides',
    items: [
      { text: 'Formats of labels', link: '/guides/formats' },
      { text: 'Keypoint schemes', link: '/guides/schemes' },
      { text: 'Augmentation', link: '/guides/augmentation' },
      { text: 'Few labels', link: '/guides/few-labels' },
      { text: 'Training', link: '/guides/training' },
      { text: 'Anti-aliasing', link: '/guides/anti-aliasing' },
      { text: 'Recipes', link: '/recipes' },
      { text: 'Evaluation', link: '/guides/evaluation' },
      { text: 'Resume', link: '/guides/resume' },
      { text: 'Backends', link: '/guides/backends' },
      { text: 'In the browser', link: '/browser' },
      { text: 'ONNX files', link: '/onnx-landmarker' },
      { text: 'Past one machine', link: '/deploy' },
    ],
  },
  {
    text: 'Migration',
    items: [
      { text: 'From face-api.js', link: '/migration/face-api' },
      { text: 'From tfjs-node', link: '/migration/tfjs-node' },
      { text: 'From MediaPipe', link: '/migration/mediapipe' },
      { text: 'From PyTorch', link: '/migration/pytorch' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Model cards', link: '/models/' },
      { text: 'Packages and API', link: '/packages/' },
      { text: 'Glossary', link: '/glossary' },
      { text: 'Guarantees', link: '/guarantees' },
      { text: 'Architecture', link: '/architecture' },
      { text: 'Contributing', link: '/contributing' },
    ],
  },
  { text: 'Benchmarks', collapsed: true, items: listPages('benchmarks') },
  { text: 'Decisions', link: '/decisions/', collapsed: true, items: listPages('docs/decisions') },
]

export const sidebar: DefaultTheme.SidebarMulti = { '/': guides, '/packages/': reference, '/api/': reference }
