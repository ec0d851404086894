import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import BenchmarkTable from './BenchmarkTable.vue'
import PackageList from './PackageList.vue'
import PageList from './PageList.vue'
import StudioFrame from './StudioFrame.vue'
import './style.css'

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component('BenchmarkTable', BenchmarkTable)
    app.component('PackageList', PackageList)
    app.component('PageList', PageList)
    app.component('StudioFrame', StudioFrame)
  },
}

export default theme
